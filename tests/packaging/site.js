// Serves folders of built pages to Chromium, and says what these pages say.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";

import { chromium } from "playwright-core";

/** @type {Record<string, string>} */
const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

/** Starts Debian's Chromium. */
export const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
  });

/** A web site of files: one origin, whose folder a test chooses. */
export class Site {
  /** Its folder. */
  folder = "";

  /**
   * What its pages say in place of what stands in the files, by that: examples name a server and people.
   *
   * @type {Record<string, string>}
   */
  instead = {};

  #server = createServer((request, response) => this.#answer(request, response));

  static async start() {
    const site = new Site();
    await new Promise((resolve) => site.#server.listen(0, "127.0.0.1", () => resolve(undefined)));
    return site;
  }

  get url() {
    const { port } = /** @type {import("node:net").AddressInfo} */ (this.#server.address());
    return `http://127.0.0.1:${port}`;
  }

  /**
   * @param {import("node:http").IncomingMessage} request
   * @param {import("node:http").ServerResponse} response
   */
  async #answer({ url = "/" }, response) {
    const { pathname, searchParams } = new URL(url, this.url);
    const file = path.join(this.folder, pathname.endsWith("/") ? `${pathname}index.html` : pathname);
    try {
      const content = await this.#read(file, searchParams);
      response.writeHead(200, { "content-type": TYPES[path.extname(file)] ?? "application/octet-stream" }).end(content);
    } catch {
      response.writeHead(404).end();
    }
  }

  /**
   * Reads a file; names in the query of a page's address stand in place of those in the page.
   *
   * @param {string} file
   * @param {URLSearchParams} query
   */
  async #read(file, query) {
    const content = await readFile(file);
    if (![".html", ".js"].includes(path.extname(file))) {
      return content;
    }
    const pairs = [...Object.entries(this.instead), ...[...query].filter(([from]) => from.includes("@"))];
    const words = new RegExp(pairs.map(([from]) => from.replace(/[.?]/g, "\\$&")).join("|"), "g");
    const texts = new Map(pairs);
    return String(content).replace(words, (word) => texts.get(word) ?? word);
  }

  async stop() {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** People on a page, each in a browser context of their own. */
export class Visitors {
  /**
   * What the pages complained about.
   *
   * @type {string[]}
   */
  complaints = [];
  #browser;
  /** @type {import("playwright-core").BrowserContext[]} */
  #contexts = [];

  /** @param {import("playwright-core").Browser} browser */
  constructor(browser) {
    this.#browser = browser;
  }

  /**
   * Opens an address; `prepare` is given the browser context before that.
   *
   * @param {string} address
   * @param {(context: import("playwright-core").BrowserContext) => unknown} prepare
   */
  async visit(address, prepare = () => {}) {
    const context = await this.#browser.newContext();
    this.#contexts.push(context);
    await prepare(context);
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.on(
      "console",
      (message) => ["error", "warning"].includes(message.type()) && this.complaints.push(message.text()),
    );
    page.on("pageerror", (error) => this.complaints.push(error.message));
    await page.goto(address);
    return page;
  }

  async leave() {
    await Promise.all(this.#contexts.map((context) => context.close()));
  }
}
