// The site that all candidates are pages of: one process, one origin, the same compression and caching for every file, one
// address for tokens, and `/stream` led to the real server. The candidates themselves are in candidates.js.

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { connect } from "node:net";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";

import { inSeconds, token } from "../../e2e/support/jwt.js";

const WIDGET = fileURLToPath(new URL("../../../dist/widget/", import.meta.url));
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".wasm": "application/wasm",
};

/** Whom every page signs in. */
export const VIEWER = "viewer@example.com";

export class Site {
  #server;
  #files = new Map();
  #stream;
  #streams = new Set();
  #requests = 0;

  static async start() {
    const site = new Site();
    site.#server = createServer((request, response) => site.#answer(request, response));
    site.#server.on("upgrade", (request, socket, head) => site.#lead(request, socket, head));
    await new Promise((resolve) => site.#server.listen(0, "127.0.0.1", resolve));
    return site;
  }

  get port() {
    return this.#server.address().port;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Leads `/stream` to a server. */
  use(server) {
    this.#stream = new URL(server.stream);
  }

  /** Puts a file up and returns its address, which has a hash of the content unless it is a page. */
  put(name, text) {
    const { name: stem, ext } = path.parse(name);
    const hash = createHash("sha256").update(text).digest("hex").slice(0, 8);
    const address = ext === ".html" ? `/${name}` : `/${stem}-${hash}${ext}`;
    this.#files.set(address, { type: TYPES[ext], body: brotliCompressSync(text), tag: `W/"${hash}"` });
    return address;
  }

  /** Returns how many requests came since the last call, the sockets included. */
  take() {
    const requests = this.#requests;
    this.#requests = 0;
    return requests;
  }

  /** Lets go of connections that wait for a next request, as they are gone when somebody comes back later. */
  rest() {
    this.#server.closeIdleConnections();
  }

  async stop() {
    this.#streams.forEach((socket) => socket.destroy());
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request, response) {
    this.#requests += 1;
    const { pathname } = new URL(request.url, this.url);
    if (pathname === "/presence-token") {
      response.writeHead(200, { "content-type": "text/plain", "cache-control": "no-store" });
      response.end(token({ sub: VIEWER, exp: inSeconds(3_600) }));
      return;
    }
    const file = this.#files.get(pathname) ?? (await this.#widget(pathname));
    if (!file) {
      response.writeHead(404).end();
      return;
    }
    const isHashed = /-[0-9a-f]{8}\.\w+$/.test(pathname);
    const headers = {
      "cache-control": isHashed ? "public, max-age=31536000, immutable" : "no-cache",
      etag: file.tag,
      vary: "accept-encoding",
    };
    if (request.headers["if-none-match"] === file.tag) {
      response.writeHead(304, headers).end();
      return;
    }
    response.writeHead(200, {
      ...headers,
      "content-type": file.type,
      "content-encoding": "br",
      "content-length": file.body.length,
    });
    response.end(file.body);
  }

  // The files of the widget are compressed already, as the real server has them.
  async #widget(pathname) {
    try {
      const body = await readFile(path.join(WIDGET, `${path.basename(pathname)}.br`));
      const hash = createHash("sha256").update(body).digest("hex").slice(0, 24);
      const file = { type: TYPES[path.extname(pathname)], body, tag: `W/"${hash}"` };
      this.#files.set(pathname, file);
      return file;
    } catch {
      return undefined;
    }
  }

  #lead(request, socket, head) {
    this.#requests += 1;
    const server = connect({ host: this.#stream.hostname, port: Number(this.#stream.port), noDelay: true });
    const lines = [`${request.method} ${request.url} HTTP/1.1`];
    for (let at = 0; at < request.rawHeaders.length; at += 2) {
      lines.push(`${request.rawHeaders[at]}: ${request.rawHeaders[at + 1]}`);
    }
    server.write(`${lines.join("\r\n")}\r\n\r\n`);
    server.write(head);
    socket.setNoDelay(true);
    server.pipe(socket).pipe(server);
    // A reset of one side is one of the other, and no error of this program.
    for (const [one, other] of [
      [server, socket],
      [socket, server],
    ]) {
      one.on("error", () => {});
      one.on("close", () => other.destroy());
    }
    this.#streams.add(socket);
    socket.on("close", () => this.#streams.delete(socket));
  }
}
