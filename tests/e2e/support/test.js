// What every spec starts from: one server a test and one foreign site a file, and people in browser contexts of their own.

import { test as base } from "@playwright/test";

import { DemoPage } from "../pages/demo-page.js";
import { Engine } from "./engine.js";
import { Host } from "./host.js";
import { Server } from "./server.js";

export { expect } from "@playwright/test";
export { Server };

/** Of tests of what only Chromium's driver can do; each says what that is. */
export const CHROMIUM = { tag: "@chromium" };

export const test = base.extend({
  host: [
    async ({}, use) => {
      const host = await Host.start();
      await use(host);
      await host.stop();
    },
    { scope: "worker" },
  ],

  /** What stands at the other end: our own server, `embedded`, or what {@link Engine.start} knows. Projects say which. */
  kind: ["embedded", { option: true, scope: "worker" }],

  /** The XMPP service of a project that has one. */
  service: [
    async ({ kind }, use) => {
      const service = kind === "embedded" ? undefined : await Engine.start(kind);
      await use(service);
      await service?.stop();
    },
    { scope: "worker", timeout: 180_000 },
  ],

  // A server for each test: what one test chose is no other's business.
  server: async ({ host }, use) => {
    const server = await Server.start([host.url]);
    await use(server);
    await server.stop();
  },

  /** Opens the demo page with both people on it. */
  demo: async ({ page, server }, use) => {
    await use(await DemoPage.open(page, server.url));
  },

  /** Opens the demo page for one person, in a browser context of their own. */
  person: async ({ browser, server }, use) => {
    const contexts = [];
    await use(async (name, partner, options) => {
      const context = await browser.newContext(options);
      contexts.push(context);
      const demo = await DemoPage.open(await context.newPage(), server.url, { as: name, with: partner });
      return Object.assign(demo.pane(name), { demo });
    });
    await Promise.all(contexts.map((context) => context.close()));
  },

  /** Collects what the page says in the console. */
  said: async ({ page }, use) => {
    const said = [];
    page.on("console", (message) => said.push({ type: message.type(), text: message.text() }));
    page.on("pageerror", (error) => said.push({ type: "pageerror", text: error.message }));
    await use(said);
  },
});
