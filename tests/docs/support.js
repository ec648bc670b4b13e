// Serves the built site under the strictest policy that it must work with, and opens its pages. One site for all tests of a
// file; one with a presence server where a test asks for it.

import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { test as base, expect } from "@playwright/test";

import { Server } from "../e2e/support/server.js";

export { expect };

const dist = fileURLToPath(new URL("../../dist/", import.meta.url));

/** Where the site was built. */
export const SITE = path.join(dist, "docs");

const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/** No inline style or script, no evaluation but of WebAssembly, and no markup from texts. */
const policy = (streams) =>
  `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; connect-src 'self' ${streams}; ` +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/** Returns the pages of the site by their addresses. */
export async function pages() {
  const names = await readdir(SITE, { recursive: true });
  const addresses = names.filter((name) => name.endsWith(".html")).sort();
  return Promise.all(
    addresses.map(async (address) => ({ address, html: await readFile(path.join(SITE, address), "utf8") })),
  );
}

/** A host of the site, and of pages of a test's own, which have no policy. */
export class Host {
  /** The text of a page by its path. */
  own = new Map();
  /** What pages are told of a server, in place of what the build says. */
  told;
  streams = "";
  #server = createServer((request, response) => this.#answer(request, response));

  async start() {
    await new Promise((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return this;
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  async #answer({ url }, response) {
    const own = this.own.get(url);
    if (own) {
      response.writeHead(200, { "content-type": TYPES[".html"] }).end(own);
      return;
    }
    const name = decodeURI(new URL(url, this.url).pathname).slice(1) || "index.html";
    const file = name.startsWith("widget/") ? path.join(dist, name) : path.join(SITE, name);
    try {
      const isTold = name === "server.json" && this.told;
      const content = isTold ? JSON.stringify(this.told) : await readFile(file);
      const type = TYPES[path.extname(file)] ?? "application/octet-stream";
      response
        .writeHead(200, {
          "content-type": type,
          "content-security-policy": policy(this.streams),
          "cache-control": name.startsWith("assets/") ? "max-age=60" : "no-cache",
        })
        .end(content);
    } catch {
      response.writeHead(404).end();
    }
  }

  async stop() {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export const test = base.extend({
  /** The site where no server is. */
  site: [
    async ({}, use) => {
      const site = await new Host().start();
      await use(site.url);
      await site.stop();
    },
    { scope: "worker" },
  ],

  /** The site beside a server with the people of the demo. */
  liveSite: async ({}, use) => {
    const site = await new Host().start();
    const server = await Server.start([site.url], ["--demo"]);
    site.told = { script: "widget/mistatus.js", stream: server.stream };
    site.streams = server.stream;
    await use(site.url);
    await server.stop();
    await site.stop();
  },

  /** A browser in whose console nothing may be wrong. */
  context: async ({ context }, use) => {
    const complaints = [];
    context.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) {
        complaints.push(`${message.page()?.url()}: ${message.text()}`);
      }
    });
    context.on("weberror", (error) => complaints.push(error.error().message));
    await use(context);
    expect(complaints).toEqual([]);
  },
});
