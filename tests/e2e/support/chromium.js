// A Chromium that nothing watches but a test: no emulated focus, which keeps pages from being frozen, and nothing that
// keeps pages out of the back/forward cache. Speaks the DevTools protocol to one tab at a time.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

export class Chromium {
  #child;
  #folder;
  #last = 0;
  #answers = new Map();

  /** @param {{ executablePath: string, args: string[] }} options as Playwright has them */
  static async start({ executablePath, args }) {
    const chromium = new Chromium();
    chromium.#folder = await mkdtemp(path.join(tmpdir(), "mistatus-chromium-"));
    const all = [
      ...args,
      "--headless",
      "--remote-debugging-pipe",
      `--user-data-dir=${chromium.#folder}`,
      "about:blank",
    ];
    // Descriptors 3 and 4 carry the protocol: messages that end with a zero byte.
    const stdio = ["ignore", "ignore", "ignore", "pipe", "pipe"];
    // A group of its own, so that all its processes end with it.
    chromium.#child = spawn(executablePath, all, { stdio, detached: true });
    chromium.#listen();
    return chromium;
  }

  /** Opens a tab in front of the others. */
  async open(address) {
    const { targetId } = await this.send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
    const tab = new BareTab(this, targetId, sessionId);
    await tab.send("Page.enable");
    await tab.goto(address);
    return tab;
  }

  /** Sends a command and returns its answer. */
  send(method, params = {}, sessionId = undefined) {
    const id = ++this.#last;
    const answer = new Promise((resolve, reject) => this.#answers.set(id, { resolve, reject, method }));
    this.#child.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return answer;
  }

  async stop() {
    const gone = new Promise((resolve) => this.#child.once("exit", resolve));
    process.kill(-this.#child.pid, "SIGKILL");
    await gone;
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  #listen() {
    let rest = "";
    this.#child.stdio[4].setEncoding("utf8").on("data", (data) => {
      const messages = (rest + data).split("\0");
      rest = messages.pop();
      for (const { id, result, error } of messages.map((message) => JSON.parse(message))) {
        const waiting = this.#answers.get(id);
        this.#answers.delete(id);
        if (error) {
          waiting?.reject(new Error(`${waiting.method}: ${error.message}`));
        } else {
          waiting?.resolve(result);
        }
      }
    });
  }
}

export class BareTab {
  #chromium;
  #target;
  #session;

  constructor(chromium, target, session) {
    this.#chromium = chromium;
    this.#target = target;
    this.#session = session;
  }

  send(method, params) {
    return this.#chromium.send(method, params, this.#session);
  }

  async goto(url) {
    await this.send("Page.navigate", { url });
    await this.#arrived(url);
  }

  async back() {
    const { currentIndex, entries } = await this.send("Page.getNavigationHistory");
    const { id, url } = entries[currentIndex - 1];
    await this.send("Page.navigateToHistoryEntry", { entryId: id });
    await this.#arrived(url);
  }

  // While one page takes the place of another, neither answers.
  async #arrived(url) {
    const location = await this.evaluate("document.readyState === 'complete' && location.href").catch(() => undefined);
    if (location !== url) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      await this.#arrived(url);
    }
  }

  /** Brings the tab to the front; what was there is hidden. */
  async activate() {
    await this.#chromium.send("Target.activateTarget", { targetId: this.#target });
  }

  /** Returns what an expression is in the page, once it is settled. */
  async evaluate(expression) {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) {
      throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    }
    return result.value;
  }
}
