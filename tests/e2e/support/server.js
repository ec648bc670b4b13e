// Starts, kills and restarts the real server, on one port and one data folder for its whole life.

import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/**
 * @import { ChildProcessByStdio } from "node:child_process"
 * @import { Readable } from "node:stream"
 */

/** The program that is tested. */
export const BINARY =
  process.env.MISTATUS_SERVER || fileURLToPath(new URL("../../../dist/mistatus-server", import.meta.url));

export class Server {
  /** @type {ChildProcessByStdio<null, Readable, null>} */
  // @ts-expect-error there since `start`, the only way to a server
  #child;
  #data = "";
  #port = 0;
  /** @type {string[]} */
  #origins = [];
  /** @type {string[]} */
  #options = [];

  /**
   * @param {string[]} origins pages of other origins that may connect
   * @param {string[]} options what else the server is told
   */
  static async start(origins = [], options = ["--auth", "open", "--demo"]) {
    const server = new Server();
    server.#origins = origins;
    server.#options = options;
    server.#data = await mkdtemp(path.join(tmpdir(), "mistatus-e2e-"));
    await server.restart();
    return server;
  }

  get url() {
    return `http://127.0.0.1:${this.#port}`;
  }

  get stream() {
    return `ws://127.0.0.1:${this.#port}/stream`;
  }

  /** The domain of the sign-in names in the tests. */
  domain = "example.com";

  /** Nobody needs an account here. */
  async register() {}

  /** Nobody need be introduced where everybody may see everybody. */
  async introduce() {}

  /**
   * Returns what the script tag says beside the address.
   * @param {string} name
   */
  attributes(name) {
    return { "signin-name": name };
  }

  /** What a script says to connect, beside who it is for. */
  get options() {
    return { server: this.stream };
  }

  /**
   * Makes a key for a back end, as an operator does while the server runs.
   * @param {string} name
   * @param {string[]} scopes
   */
  async serviceKey(name, scopes) {
    const flags = scopes.flatMap((scope) => ["--scope", scope]);
    const args = ["key", "create", "--name", name, ...flags, "--data", this.#data];
    const { stdout } = await promisify(execFile)(BINARY, args);
    return stdout.trim();
  }

  /** Starts it again, where it was and with what it kept. */
  async restart() {
    const origins = this.#origins.flatMap((origin) => ["--allowed-origin", origin]);
    const args = ["--listen", `127.0.0.1:${this.#port}`, "--data", this.#data, ...this.#options, ...origins];
    this.#child = spawn(BINARY, args, { stdio: ["ignore", "pipe", "inherit"] });
    const lines = createInterface({ input: this.#child.stdout });
    /** @type {Promise<never>} */
    const exited = new Promise((_, reject) => {
      this.#child.once("error", reject);
      this.#child.once("exit", (code) => reject(new Error(`the server ended with ${code} before it listened`)));
    });
    exited.catch(() => {});
    const listening = (async () => {
      for await (const line of lines) {
        const found = /listening on http:\/\/[^:]+:(\d+)/.exec(line);
        if (found) {
          return Number(found[1]);
        }
      }
      return exited;
    })();
    this.#port = await Promise.race([listening, exited]);
    lines.on("line", () => {});
  }

  /** Ends it as a power cut would. */
  async kill() {
    const child = this.#child;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
  }

  /** Asks it to end, as an operator does, and waits until it has. */
  async end() {
    const child = this.#child;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await gone;
  }

  /** Lets it stand still between two instructions, as a machine does that is moved or swaps. */
  freeze() {
    this.#child.kill("SIGSTOP");
  }

  thaw() {
    this.#child.kill("SIGCONT");
  }

  async stop() {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      await this.kill();
    }
    await rm(this.#data, { recursive: true, force: true });
  }
}
