// An XMPP service as `cargo xtask engine` starts it, or our own server, so that one suite can run on each.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { Server } from "./server.js";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const [program, ...first] = process.env.MISTATUS_XTASK ? [process.env.MISTATUS_XTASK] : ["cargo", "xtask"];

/** Starts `embedded`, `prosody`, `ejabberd` or `ejabberd-cluster`. */
export function startEngine(kind, host) {
  return kind === "embedded" ? Embedded.start(host) : Xmpp.start(kind);
}

class Embedded {
  domain = "example.com";
  nodes = [];

  static async start(host) {
    const engine = new Embedded();
    engine.server = await Server.start([host.url], ["--auth", "open", "--visibility", "contacts"]);
    engine.nodes = [{ url: engine.server.stream }];
    return engine;
  }

  /** Nobody needs an account. */
  async register() {}

  attributes(name) {
    return { "signin-name": name };
  }

  get options() {
    return { server: this.nodes[0].url };
  }

  stop() {
    return this.server.stop();
  }
}

class Xmpp {
  domain = "localhost";
  nodes = [];

  #child;
  #lines;

  static async start(kind) {
    const engine = new Xmpp();
    engine.#child = spawn(program, [...first, "engine", kind], { cwd: ROOT, stdio: ["pipe", "pipe", "inherit"] });
    engine.#lines = createInterface({ input: engine.#child.stdout })[Symbol.asyncIterator]();
    for (let line = await engine.#line(); line !== "ready"; line = await engine.#line()) {
      const [, pid, url] = /^node (\d+) (\S+)$/.exec(line);
      engine.nodes.push({ pid: Number(pid), url });
    }
    return engine;
  }

  /** Makes an account and returns its password: `secret-` and the name. */
  async register(user) {
    const secret = `secret-${user}`;
    this.#child.stdin.write(`register ${user} ${secret}\n`);
    const line = await this.#line();
    if (line !== `registered ${user}`) {
      throw new Error(`${user} was not registered: ${line}`);
    }
    return secret;
  }

  /** Returns what the script tag says beside the address. */
  attributes(name) {
    return { "signin-name": name, transport: "xmpp", credentials: "password", "token-url": `/secret-${name.split("@")[0]}` };
  }

  /** What a script says to connect, beside who it is for. */
  get options() {
    return { server: this.nodes[0].url, transport: "xmpp", credentials: "password" };
  }

  /** Ends a node as a power cut would. */
  kill(node) {
    process.kill(this.nodes[node].pid, "SIGKILL");
  }

  async stop() {
    if (this.#child.exitCode === null) {
      const gone = new Promise((resolve) => this.#child.once("exit", resolve));
      this.#child.stdin.end();
      await gone;
    }
  }

  async #line() {
    const { value, done } = await this.#lines.next();
    if (done) {
      throw new Error("the engine ended before it was ready");
    }
    return value;
  }
}
