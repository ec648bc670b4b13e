// People on an engine: pages that embed the widget by a script tag, driven through the API that every page has.

import { test as base, expect } from "../support/people.js";

export { expect };

let people = 0;

export const test = base.extend({
  options: [["--auth", "open", "--visibility", "contacts"], { option: true }],

  /** Makes somebody whom nobody knows yet, and opens a page for them. */
  somebody: async ({ browser, host, script, server }, use) => {
    const contexts = [];
    await use(async (word, { stream } = {}) => {
      people += 1;
      const name = `${word}${process.pid}n${people}@${server.domain}`;
      const context = await browser.newContext();
      contexts.push(context);
      const somebody = new Somebody(await context.newPage(), name);
      await somebody.open(host.page("<mi-my-status>…</mi-my-status>", { head: await script(name, stream) }));
      return somebody;
    });
    await Promise.all(contexts.map((context) => context.close()));
  },
});

export class Somebody {
  constructor(page, name) {
    this.page = page;
    this.name = name;
  }

  async open(address) {
    this.address = address;
    await this.page.goto(address);
    await this.signedIn();
  }

  async reload() {
    await this.page.reload();
    await this.signedIn();
  }

  async signedIn() {
    // The first attempt may take longer than the page waits; it goes on trying.
    await expect(() => this.page.evaluate(() => window.mistatus.ready.then(() => {}))).toPass();
  }

  /** Waits until the messenger is signed in again after a break. */
  async isBack() {
    await this.says(() => window.mistatus.MISTATUS.isOnline(window.mistatus.messenger.MyStatus), undefined, true);
  }

  /** Calls something with the messenger in the page. */
  call(method, ...args) {
    return this.page.evaluate(([method, args]) => window.mistatus.messenger[method](...args), [method, args]);
  }

  /** Waits until a function in the page returns something. */
  async says(ask, about, expected, options) {
    await expect.poll(() => this.page.evaluate(ask, about), options).toEqual(expected);
  }

  async add(other) {
    await this.call("AddContact", 0, other.name);
  }

  async accept(other) {
    await this.says(
      (name) => window.mistatus.messenger.contactRequests.map((one) => one.signinName).includes(name),
      other.name,
      true,
    );
    await this.call("answerContactRequest", other.name, true);
  }

  /** Makes both see each other. */
  async befriend(other) {
    await this.add(other);
    await other.accept(this);
    await other.add(this);
    await this.answers(other);
    await this.sees(other, 2);
    await other.sees(this, 2);
  }

  /** Accepts a request of the other if one comes; who was added by both may need none. */
  async answers(other) {
    const asked = await this.page.evaluate(
      (name) => window.mistatus.messenger.contactRequests.map((one) => one.signinName).includes(name),
      other.name,
    );
    if (asked) {
      await this.call("answerContactRequest", other.name, true);
    }
  }

  async set(status, options) {
    await this.call("setMyStatus", status, options);
  }

  async sees(other, status, options) {
    const ask = (name) => window.mistatus.messenger.GetContact(name, window.mistatus.messenger.MyServiceId).Status;
    await this.says(ask, other.name, status, options);
  }

  async has(status) {
    await this.says(() => window.mistatus.messenger.MyStatus, undefined, status);
  }

  async write(other, text) {
    await this.call("sendMessage", other.name, text);
  }

  /** Waits until the conversation with somebody holds these texts, in this order. */
  async reads(other, texts, options) {
    await this.says(
      (name) => window.mistatus.messenger.messages(name).map(({ text }) => text),
      other.name,
      texts,
      options,
    );
  }
}
