// The installed package in a page that Vite builds or serves, in Chromium, against the real server.

import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";

import { build, createServer, preview } from "vite";

import { Server } from "../e2e/support/server.js";
import { Folder } from "./install.js";
import { launch } from "./site.js";

/**
 * @import { AddressInfo } from "node:net"
 * @import { Browser, BrowserContext, Page } from "playwright-core"
 * @import { InlineConfig } from "vite"
 */

const PAGE = `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><title>Sample</title><script type="module" src="/main.js"></script></head>
  <body><mi-my-status>…</mi-my-status><mi-status contact="erika@example.com" label="status">…</mi-status></body>
</html>
`;

const MAIN = `
import "mistatus/define";
import { connect, MISTATUS } from "mistatus";

const query = new URLSearchParams(location.search);
const messenger = await connect({ server: query.get("server"), signinName: query.get("as") });
if (query.has("status")) {
  await messenger.setMyStatus(MISTATUS[query.get("status")]);
}
document.title = "signed in as " + messenger.MySigninName;
`;

/** @type {Folder} */
let folder;
/** @type {Browser} */
let browser;

before(async () => {
  folder = await Folder.start();
  await folder.write("index.html", PAGE);
  await folder.write("main.js", MAIN);
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await folder?.stop();
});

const local = { host: "127.0.0.1", port: 0 };
/** @returns {InlineConfig} */
const common = () => ({ root: folder.path, configFile: false, logLevel: "error", clearScreen: false });

test("a page built with Vite shows another person's status, live", async () => {
  await build(common());
  const assets = await readdir(path.join(folder.path, "dist/assets"));
  const files = assets.filter((name) => name.endsWith(".wasm")).map((name) => name.replace(/-[\w-]{8}\.wasm$/, ""));
  assert.deepEqual(files.sort(), ["mistatus_bg", "mistatus_panels"], assets.join(" "));
  const site = await preview({ ...common(), preview: local });
  try {
    await followsErika(addressOf(site));
  } finally {
    await site.close();
  }
});

for (const { how, optimizeDeps } of [
  { how: "as it is", optimizeDeps: {} },
  { how: "from where the package lies", optimizeDeps: { exclude: ["mistatus"] } },
]) {
  test(`so does a page that Vite's development server serves ${how}`, async () => {
    const site = await createServer({ ...common(), server: { ...local, hmr: false, ws: false }, optimizeDeps });
    try {
      await site.listen();
      await followsErika(addressOf(site));
    } finally {
      await site.close();
    }
  });
}

/**
 * Returns where a site of Vite's is served.
 * @param {{ httpServer: { address(): AddressInfo | string | null } | null }} site
 */
function addressOf({ httpServer }) {
  const address = /** @type {AddressInfo | null | undefined} */ (httpServer?.address());
  return `http://127.0.0.1:${address?.port}/`;
}

/**
 * Erika chooses Busy on the page; Franz, in another browser context, sees it on his.
 * @param {string} address
 */
async function followsErika(address) {
  const server = await Server.start([new URL(address).origin]);
  const [franz, erika] = await Promise.all([browser.newContext(), browser.newContext()]);
  /** @type {string[]} */
  const said = [];
  /** @type {string[]} */
  const loaded = [];
  try {
    /** @type {(context: BrowserContext, as: string, status?: string) => Promise<Page>} */
    const visit = async (context, as, status) => {
      const page = await context.newPage();
      page.on("console", (message) => said.push(message.text()));
      page.on("pageerror", (error) => said.push(error.message));
      const query = new URLSearchParams({ server: server.stream, as, ...(status && { status }) });
      await page.goto(`${address}?${query}`);
      return page;
    };
    const page = await visit(franz, "franz@example.com");
    page.on("request", (request) => /mistatus_panels[^/]*\.wasm/.test(request.url()) && loaded.push(request.url()));
    await page.locator("mi-my-status[status=online]").waitFor({ timeout: 30_000 });
    assert.equal(await page.locator("mi-status").getAttribute("status"), "unknown");
    await visit(erika, "erika@example.com", "BUSY");
    await page.locator("mi-status[status=busy]").waitFor({ timeout: 30_000 });
    assert.equal(
      await page
        .locator("mi-status")
        .evaluate((element) => /** @type {HTMLElement & { status?: number }} */ (element).status),
      10,
    );
    assert.equal(await page.title(), "signed in as franz@example.com");
    // What draws the list comes in a file of its own, from where the bundler or the development server has put it.
    assert.deepEqual(loaded, []);
    await page.evaluate(() => document.body.append(document.createElement("mi-contact-list")));
    await page.getByRole("button", { name: "Add contact" }).waitFor({ timeout: 30_000 });
    assert.equal(loaded.length, 1, loaded.join(" "));
  } catch (error) {
    throw new Error(`${/** @type {Error} */ (error).message}\nthe page said: ${said.join("\n") || "nothing"}`, {
      cause: error,
    });
  } finally {
    await Promise.all([franz.close(), erika.close()]);
    await server.stop();
  }
}
