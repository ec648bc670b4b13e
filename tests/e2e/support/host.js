// Somebody else's web site: serves pages of another origin, each with the content security policy that it asks for.
// It can also serve the widget's own files, to try them under a policy of the tests' choosing.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";

const WIDGET = process.env.MISTATUS_WIDGET || fileURLToPath(new URL("../../../dist/widget/", import.meta.url));

const TYPES = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

export class Host {
  #server;
  #pages = new Map();

  /** The content security policy of every widget file and of pages that ask for none. */
  policy = "";

  static async start() {
    const host = new Host();
    host.#server = createServer((request, response) => host.#answer(request, response));
    await new Promise((resolve) => host.#server.listen(0, "127.0.0.1", resolve));
    return host;
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  /** Puts a page up and returns its address. */
  page(body, { head = "", policy = this.policy } = {}) {
    const address = `/page-${this.#pages.size + 1}`;
    const text = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title>${head}</head><body>${body}</body></html>`;
    this.#pages.set(address, { text, policy, type: TYPES[".html"] });
    return this.url + address;
  }

  /** Puts a file up beside the pages. */
  file(name, text) {
    this.#pages.set(`/${name}`, { text, policy: "", type: TYPES[path.extname(name)] ?? "text/plain" });
    return `${this.url}/${name}`;
  }

  /** Answers an address with what a function returns each time: a text, or an object with what else is to be otherwise. */
  answer(name, give) {
    const answer = async (request) => {
      const given = await give(request);
      return { text: "", policy: "", type: "text/plain", ...(typeof given === "object" ? given : { text: given }) };
    };
    this.#pages.set(new URL(name, this.url).pathname, answer);
  }

  async stop() {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request, response) {
    const { pathname } = new URL(request.url, this.url);
    const found = this.#pages.get(pathname) ?? (await this.#widget(pathname));
    const page = typeof found === "function" ? await found(request) : found;
    if (!page) {
      response.writeHead(404).end();
      return;
    }
    const policy = page.policy ? { "content-security-policy": page.policy } : {};
    const { status = 200, headers } = page;
    response.writeHead(status, { "content-type": page.type, ...policy, ...headers }).end(page.text);
  }

  async #widget(pathname) {
    const name = pathname === "/widget/" ? "index.html" : path.basename(pathname);
    if (!pathname.startsWith("/widget/")) {
      return undefined;
    }
    try {
      const text = await readFile(path.join(WIDGET, name));
      return { text, policy: this.policy, type: TYPES[path.extname(name)] ?? "application/octet-stream" };
    } catch {
      return undefined;
    }
  }
}
