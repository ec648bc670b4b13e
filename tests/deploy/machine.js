// A machine as deploy/ describes it: the real server with the sample's settings, and a real proxy with the sample's file.
// What a machine of its own would have, ports, names and certificates, is put in the place of what stands in the samples.

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import WebSocket from "ws";

import { freePort } from "../e2e/support/port.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const KEYS = path.join(ROOT, "crates/server/tests/it/keys");

export const BINARY = process.env.MISTATUS_SERVER || path.join(ROOT, "dist/mistatus-server");

/** Returns a file of deploy/. */
export const sample = (name) => readFileSync(path.join(ROOT, "deploy", name), "utf8");

/** Returns a text with other parts in the places of some, each of which must be there once. */
export function replaced(text, parts) {
  return Object.entries(parts).reduce((text, [part, other]) => {
    if (text.split(part).length !== 2) {
      throw new Error(`this must be there once, to be replaced: ${part}`);
    }
    return text.replace(part, () => other);
  }, text);
}

/** Makes a folder that is there for as long as a test. */
export function folder(t) {
  const made = mkdtempSync(path.join(tmpdir(), "mistatus-deploy-"));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** Runs the program to its end and returns what it prints. */
export async function run(program, args) {
  const { stdout } = await promisify(execFile)(program, args);
  return stdout.trim();
}

/** The server with the settings of deploy/server.toml. */
export class Server {
  #folder;
  address = "";

  static async start(t) {
    const server = new Server();
    server.#folder = folder(t);
    const config = path.join(server.#folder, "server.toml");
    const settings = replaced(sample("server.toml"), {
      "127.0.0.1:8787": "127.0.0.1:0",
      "127.0.0.1:9100": "127.0.0.1:0",
      "/etc/mistatus/key.pem": path.join(KEYS, "ed25519.pub.pem"),
    });
    writeFileSync(config, settings);
    const args = ["--config", config, "--data", server.#data, "--invites"];
    server.address = await listening(t, spawn(BINARY, args, { stdio: ["ignore", "pipe", "pipe"] }));
    return server;
  }

  get #data() {
    return path.join(this.#folder, "data");
  }

  /** Signs a token as the back end does. */
  token(name) {
    const key = path.join(KEYS, "ed25519.pem");
    return run(BINARY, ["token", "--jwt-key", key, "--audience", "mistatus", "--sub", name]);
  }

  /** Signs an invitation to that address. */
  invitation(url, name) {
    const key = path.join(KEYS, "ed25519.pem");
    return run(BINARY, ["invite", "--jwt-key", key, "--jwt-audience", "mistatus", "--url", url, "--sub", name]);
  }

  serviceKey(scope) {
    return run(BINARY, ["key", "create", "--name", "test", "--scope", scope, "--data", this.#data]);
  }
}

/** Waits for the line that says where a server listens, and returns that; ends the server with the test. */
export async function listening(t, child) {
  let log = "";
  child.stderr.on("data", (text) => {
    log += text;
  });
  const ended = once(child, "exit").then(() => {
    throw new Error(`the server ended: ${log}`);
  });
  ended.catch(() => {});
  t.after(() => end(child));
  const [line] = await Promise.race([once(createInterface({ input: child.stdout }), "line"), ended]);
  return line.replace("listening on http://", "");
}

/** A proxy with a sample's file, before whatever listens at an address. */
export class Proxy {
  #port;
  /** Where it takes what is not encrypted. */
  plain;

  /** What each proxy is started with, by what is otherwise here. */
  static kinds = {
    nginx: (here) => {
      const site = replaced(sample("nginx.conf"), {
        "listen 80;": `listen 127.0.0.1:${here.plain};`,
        "listen 443 ssl;": `listen 127.0.0.1:${here.port} ssl;`,
        "/etc/ssl/presence.example.com.pem": path.join(KEYS, "tls.pem"),
        "/etc/ssl/private/presence.example.com.key": path.join(KEYS, "tls.key.pem"),
        "http://127.0.0.1:8787/": `http://${here.target}/`,
      });
      const bodies = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
      const folders = bodies.map((kind) => `${kind}_temp_path ${here.folder}/${kind};`).join(" ");
      const around = `daemon off; master_process off; pid ${here.folder}/pid; error_log stderr; events {}`;
      return {
        text: `${around}\nhttp { access_log off; ${folders}\n${site}}\n`,
        command: (file) => ["nginx", ["-e", "stderr", "-c", file]],
      };
    },
    Caddy: (here) => {
      const certificate = `tls ${path.join(KEYS, "tls.pem")} ${path.join(KEYS, "tls.key.pem")}`;
      const site = replaced(sample("Caddyfile"), {
        "\npresence.example.com {": `\nhttps://localhost:${here.port} {\n\tbind 127.0.0.1\n\t${certificate}`,
        "reverse_proxy 127.0.0.1:8787": `reverse_proxy ${here.target}`,
      });
      return {
        text: `{\n\tadmin off\n\tauto_https disable_redirects\n\thttp_port ${here.plain}\n}\n${site}`,
        command: (file) => ["caddy", ["run", "--adapter", "caddyfile", "--config", file]],
      };
    },
  };

  static async start(t, kind, target) {
    const proxy = new Proxy();
    const [port, plain] = [await freePort(), await freePort()];
    Object.assign(proxy, { plain });
    proxy.#port = port;
    const here = { port, plain, target, folder: folder(t) };
    const { text, command } = Proxy.kinds[kind](here);
    const file = path.join(here.folder, "config");
    writeFileSync(file, text);
    const [program, args] = command(file);
    const env = { ...process.env, HOME: here.folder, PATH: `${process.env.PATH}:/usr/sbin` };
    const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"], env });
    t.after(() => end(child));
    let log = "";
    child.stderr.on("data", (text) => {
      log += text;
    });
    let failed;
    child.once("error", (error) => {
      failed = error.message;
    });
    // Proxies do not say when they listen.
    while (!(await listens(port))) {
      if (failed || child.exitCode !== null) {
        throw new Error(`${kind} ended: ${failed ?? log}`);
      }
    }
    return proxy;
  }

  get origin() {
    return `https://localhost:${this.#port}`;
  }

  get #options() {
    return { host: "127.0.0.1", port: this.#port, servername: "localhost", ca: readFileSync(`${KEYS}/tls.ca.pem`) };
  }

  /** Sends a request as a machine with that address, and returns the head of the answer, whose body is still to come. */
  async open(address, { from = "127.0.0.1", headers = {} } = {}) {
    const host = `localhost:${this.#port}`;
    const options = { ...this.#options, path: address, localAddress: from, headers: { host, ...headers } };
    const [answer] = await once(request(options).end(), "response");
    return answer;
  }

  async get(address, options) {
    const answer = await this.open(address, options);
    return { status: answer.statusCode, headers: answer.headers, body: await text(answer) };
  }

  /** Opens a stream as a page of that origin does, and returns its socket, or the status of the refusal. */
  async stream(origin) {
    const url = `wss://localhost:${this.#port}/presence/stream`;
    const socket = new WebSocket(url, "mistatus.v1", { ...this.#options, origin });
    return Promise.race([
      once(socket, "open").then(() => socket),
      once(socket, "unexpected-response").then(([, { statusCode }]) => {
        socket.on("error", () => {});
        socket.terminate();
        return statusCode;
      }),
    ]);
  }
}

async function end(child) {
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }
}

async function listens(port) {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
