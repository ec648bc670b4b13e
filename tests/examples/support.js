// What the pages with the npm package are opened with, and what all of those with a framework must show.

import { fileURLToPath } from "node:url";

import { test as base, expect, Server } from "../e2e/support/test.js";
import { Site } from "../packaging/site.js";

export { freePort } from "../e2e/support/port.js";
export { expect, Server };

/** Where the built examples lie. */
export const PLACES = fileURLToPath(new URL("../../target/examples/", import.meta.url));

const [ALICE, BOB] = ["alice@example.com", "bob@example.com"];

export const test = base.extend({
  /** A site of files, with a presence server that takes its pages. */
  site: async ({}, use) => {
    const site = await Site.start();
    const server = await Server.start([site.url], ["--auth", "open"]);
    site.instead = { "ws://127.0.0.1:8787/stream": server.stream };
    await use(site);
    await server.stop();
    await site.stop();
  },

  /** Opens an address for somebody with a browser of their own; no page may have anything to complain about. */
  visit: async ({ browser }, use) => {
    const contexts = [];
    const complaints = [];
    await use(async (address) => {
      const context = await browser.newContext();
      contexts.push(context);
      const page = await context.newPage();
      page.on("console", (message) => {
        // Lit says so to every page that is made for developers.
        if (["error", "warning"].includes(message.type()) && !message.text().startsWith("Lit is in dev mode")) {
          complaints.push(message.text());
        }
      });
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("websocket", (socket) => {
        // A development server has one of its own.
        page.sockets = (page.sockets ?? 0) + Number(socket.url().endsWith("/stream"));
      });
      await page.goto(address);
      return page;
    });
    await Promise.all(contexts.map((context) => context.close()));
    expect(complaints).toEqual([]);
  },
});

/** Returns the dot of somebody. */
export const dot = (page, name) => page.getByRole("listitem").filter({ hasText: name }).getByRole("img");

/** Chooses a status in place of Online. */
export async function choose(page, status) {
  await page.getByRole("button", { name: "My status: Online" }).click();
  await page.getByRole("menuitemradio", { name: status }).click();
}

/** Opens the application for two people, and looks at what a framework has to do for the elements. */
export async function seesEachOther(address, visit) {
  const alice = await visit(`${address}/?as=${ALICE}`);
  const bob = await visit(`${address}/?as=${BOB}`);
  await expect(dot(alice, "bob@example.com")).toHaveAccessibleName("Online");

  await choose(bob, "Busy");
  await expect(dot(alice, "bob@example.com")).toHaveAccessibleName("Busy");
  await expect(alice.locator("p[role=status]")).toHaveText("bob@example.com has status 10");
  expect(
    await alice
      .locator("mi-status")
      .last()
      .evaluate((element) => [element.contact, element.status]),
  ).toEqual([BOB, 10]);

  // The label is an attribute that follows the application's own state, both ways.
  const label = alice.locator("mi-status").last();
  await alice.getByRole("checkbox", { name: "Names" }).check();
  await expect(label).toHaveAttribute("label", "full");
  await alice.getByRole("checkbox", { name: "Names" }).uncheck();
  await expect(label).toHaveAttribute("label", "status");

  // Whatever a framework does twice: there is one of each.
  await expect(alice.getByRole("button", { name: /^My status/ })).toHaveCount(1);
  expect(alice.sockets).toBe(1);
}
