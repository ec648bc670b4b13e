// An XMPP service as `cargo xtask engine` starts it. For the tests it is what our own server is (support/server.js): something
// that people sign in to, and that may die and come back.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { Foreign } from "./foreign.js";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const [program, ...first] = process.env.MISTATUS_XTASK ? [process.env.MISTATUS_XTASK] : ["cargo", "xtask"];

/** Within how many milliseconds services write: Mnesia, which ejabberd keeps its data in, takes about two seconds. */
const WRITTEN = 3_000;

export class Engine {
  domain = "localhost";
  nodes = [];

  #child;
  #lines;
  #accounts = new Map();
  #introduced = new Set();

  /** Starts `prosody`, `ejabberd` or `ejabberd-cluster`. */
  static async start(kind) {
    const engine = new Engine();
    engine.#child = spawn(program, [...first, "engine", kind], { cwd: ROOT, stdio: ["pipe", "pipe", "inherit"] });
    engine.#lines = createInterface({ input: engine.#child.stdout })[Symbol.asyncIterator]();
    for (let line = await engine.#line(); line !== "ready"; line = await engine.#line()) {
      const [, pid, url] = /^node (\d+) (\S+)$/.exec(line);
      engine.nodes.push({ pid: Number(pid), url });
    }
    return engine;
  }

  /** Returns where clients connect. */
  get stream() {
    return this.nodes[0].url;
  }

  /** Makes an account where there is none yet, and returns its password. */
  async register(name) {
    const [user] = name.split("@");
    if (!this.#accounts.has(user)) {
      const secret = `secret-${user}`;
      this.#accounts.set(user, secret);
      await this.#ask(`register ${user} ${secret}`, `registered ${user}`);
    }
    return this.#accounts.get(user);
  }

  /** Lets two people see each other, as they would after one has asked and the other agreed. */
  async introduce(one, other) {
    const pair = [one, other].sort().join();
    if (this.#introduced.has(pair)) {
      return;
    }
    this.#introduced.add(pair);
    const clients = [];
    for (const name of [one, other]) {
      clients.push(await Foreign.start(this.stream, name.split("@")[0], await this.register(name)));
    }
    // One after the other: services get into a muddle over questions that cross.
    await clients[0].subscribe(other);
    await clients[0].meets(other);
    await clients[1].subscribe(one);
    await clients[1].meets(one);
    await Promise.all(clients.map((client) => client.stop()));
  }

  /** Returns what the script tag says beside the address; the page's host has the password at `tokenPath`. */
  attributes(name) {
    return { "signin-name": name, transport: "xmpp", credentials: "password", "token-url": this.tokenPath(name) };
  }

  tokenPath(name) {
    return `/secret-${name.split("@")[0]}`;
  }

  /** What a script says to connect, beside who it is for. */
  get options() {
    return { server: this.stream, transport: "xmpp", credentials: "password" };
  }

  /** Ends a node as a power cut would. */
  crash(node = 0) {
    process.kill(this.nodes[node].pid, "SIGKILL");
  }

  /** Does the same once what was confirmed is on its disk: no service promises that it is at once. */
  async kill(node = 0) {
    await new Promise((resolve) => setTimeout(resolve, WRITTEN));
    this.crash(node);
  }

  /** Asks a node to end, as an operator does. */
  end(node = 0) {
    process.kill(this.nodes[node].pid, "SIGTERM");
  }

  /** Starts a node again, where it was and with what it kept. */
  async restart(node = 0) {
    const [, pid] = await this.#ask(`restart ${node}`, /^restarted (\d+)$/);
    this.nodes[node].pid = Number(pid);
  }

  /** Lets a node stand still between two instructions, as a machine does that is moved or swaps. */
  freeze(node = 0) {
    process.kill(this.nodes[node].pid, "SIGSTOP");
  }

  thaw(node = 0) {
    process.kill(this.nodes[node].pid, "SIGCONT");
  }

  async stop() {
    if (this.#child.exitCode === null) {
      const gone = new Promise((resolve) => this.#child.once("exit", resolve));
      this.#child.stdin.end();
      await gone;
    }
  }

  async #ask(question, expected) {
    this.#child.stdin.write(`${question}\n`);
    const line = await this.#line();
    const answer = line.match(expected);
    if (!answer) {
      throw new Error(`the engine was asked to ${question}, and says: ${line}`);
    }
    return answer;
  }

  async #line() {
    const { value, done } = await this.#lines.next();
    if (done) {
      throw new Error("the engine ended before it answered");
    }
    return value;
  }
}
