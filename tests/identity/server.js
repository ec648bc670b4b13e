// The real server, and as much of a client as signs in.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import WebSocket from "ws";

const BINARY = process.env.MISTATUS_SERVER || fileURLToPath(new URL("../../dist/mistatus-server", import.meta.url));

export class Server {
  #child;
  #data;
  #address;
  #log = "";

  static async start(...settings) {
    const server = new Server();
    server.#data = await mkdtemp(path.join(tmpdir(), "mistatus-identity-"));
    const args = ["--listen", "127.0.0.1:0", "--metrics-from", "127.0.0.1", "--data", server.#data, ...settings];
    server.#child = spawn(BINARY, args, { stdio: ["ignore", "pipe", "pipe"] });
    server.#child.stderr.on("data", (text) => {
      server.#log += text;
    });
    const ended = once(server.#child, "exit").then(() => {
      throw new Error(`the server ended: ${server.#log}`);
    });
    ended.catch(() => {});
    const lines = createInterface({ input: server.#child.stdout });
    const [line] = await Promise.race([once(lines, "line"), ended]);
    server.#address = line.replace("listening on http://", "");
    return server;
  }

  /** Returns what the server answers to a token: `signed-in` or `bye`. */
  async signIn(token) {
    const socket = new WebSocket(`ws://${this.#address}/stream`, "mistatus.v1");
    try {
      await once(socket, "open");
      const answered = once(socket, "message");
      socket.send(JSON.stringify({ type: "signin", token }));
      const [answer] = await answered;
      return JSON.parse(answer);
    } finally {
      socket.terminate();
    }
  }

  /** Reads one number of `/metrics`. */
  async metric(name) {
    const answer = await fetch(`http://${this.#address}/metrics`);
    return Number(new RegExp(`^${name} (\\d+)$`, "m").exec(await answer.text())[1]);
  }

  /** Says that keys have changed. */
  hangUp() {
    this.#child.kill("SIGHUP");
  }

  async stop() {
    const gone = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await gone;
    await rm(this.#data, { recursive: true, force: true });
  }
}
