// The pages with the npm package: one of each framework, and one without, whose own back end signs tokens.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { Server, expect, test as base } from "../e2e/support/test.js";
import { Site } from "../packaging/site.js";

const PLACES = fileURLToPath(new URL("../../target/examples/", import.meta.url));
const HTML = fileURLToPath(new URL("../../examples/html/", import.meta.url));

const [ALICE, BOB] = ["alice@example.com", "bob@example.com"];

const test = base.extend({
  /** A site of files, with a presence server that takes its pages. */
  site: async ({}, use) => {
    const site = await Site.start();
    const server = await Server.start([site.url], ["--auth", "open"]);
    site.instead = { "ws://127.0.0.1:8787/stream": server.stream };
    await use(site);
    await server.stop();
    await site.stop();
  },

  /** The page without a framework and its back end, with a presence server that believes this one; returns the address. */
  html: async ({}, use, { outputDir }) => {
    const folder = path.join(outputDir, "html");
    await cp(HTML, folder, { recursive: true });
    const key = path.join(folder, "key");
    await writeFile(key, `${"0123456789abcdef".repeat(4)}\n`);
    const application = spawn(process.execPath, ["server.mjs", key, "0"], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
    const [line] = await once(createInterface({ input: application.stdout }), "line");
    const address = line.replace("listening on ", "");
    const options = ["--auth", "jwt", "--jwt-key", key, "--visibility", "everyone"];
    const presence = await Server.start([address], options);
    const page = path.join(folder, "index.html");
    await writeFile(page, (await readFile(page, "utf8")).replace("http://127.0.0.1:8787", presence.url));
    await use(address);
    application.kill();
    await presence.stop();
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
      page.on("websocket", () => (page.sockets = (page.sockets ?? 0) + 1));
      await page.goto(address);
      return page;
    });
    await Promise.all(contexts.map((context) => context.close()));
    expect(complaints).toEqual([]);
  },
});

const dot = (page, name) => page.getByRole("listitem").filter({ hasText: name }).getByRole("img");

async function choose(page, status) {
  await page.getByRole("button", { name: "My status: Online" }).click();
  await page.getByRole("menuitemradio", { name: status }).click();
}

// Frameworks warn in what they make for developers only.
for (const [example, build] of ["react", "vue", "svelte", "lit"].flatMap((name) => [[name, "dist"], [name, "dist-dev"]])) {
  test(`${example} (${build}): two people see each other, and properties and events work`, async ({ site, visit }) => {
    site.folder = path.join(PLACES, example, build);
    const alice = await visit(`${site.url}/?as=${ALICE}`);
    const bob = await visit(`${site.url}/?as=${BOB}`);
    await expect(dot(alice, "bob@example.com")).toHaveAccessibleName("Online");

    await choose(bob, "Busy");
    await expect(dot(alice, "bob@example.com")).toHaveAccessibleName("Busy");
    await expect(alice.locator("p[role=status]")).toHaveText("bob@example.com has status 10");
    expect(await alice.locator("mi-status").last().evaluate((element) => [element.contact, element.status])).toEqual([BOB, 10]);

    // The label is an attribute that follows the application's own state, both ways.
    const label = alice.locator("mi-status").last();
    await alice.getByRole("checkbox", { name: "Names" }).check();
    await expect(label).toHaveAttribute("label", "full");
    await alice.getByRole("checkbox", { name: "Names" }).uncheck();
    await expect(label).toHaveAttribute("label", "status");

    // Whatever a framework does twice: there is one of each.
    await expect(alice.getByRole("button", { name: /^My status/ })).toHaveCount(1);
    expect(alice.sockets).toBe(1);
  });
}

test("a page with a script tag gets its tokens from its own back end", async ({ html, visit }) => {
  const alice = await visit(`${html}/login?as=alice`);
  const bob = await visit(`${html}/login?as=bob`);
  await expect(dot(alice, "Bob")).toHaveAccessibleName("Online");
  await choose(bob, "Busy");
  await expect(dot(alice, "Bob")).toHaveAccessibleName("Busy");
});
