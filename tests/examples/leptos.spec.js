// The Leptos applications: one that is drawn in the browser, one that a server draws.

import { spawn } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { test as base, expect, Server } from "../e2e/support/test.js";
import { freePort } from "./support.js";

const SITES = fileURLToPath(new URL("../../target/examples/", import.meta.url));

const test = base.extend({
  /** Fails a test whose page had something to complain about. */
  page: async ({ page }, use) => {
    const complaints = [];
    page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    await use(page);
    expect(complaints).toEqual([]);
  },

  /** The application that is drawn in the browser; returns its address for somebody. */
  csr: async ({ host, server }, use) => {
    const folder = path.join(SITES, "leptos-csr");
    for (const name of await readdir(folder)) {
      const content = await readFile(path.join(folder, name));
      const isPage = name.endsWith(".html");
      host.file(`csr/${name}`, isPage ? String(content).replace("ws://127.0.0.1:8787/stream", server.stream) : content);
    }
    await use((name) => `${host.url}/csr/index.html?as=${name}`);
  },

  /** The application that axum draws, with a presence server that takes its pages; returns its address. */
  drawn: async ({}, use) => {
    const folder = path.join(SITES, "leptos-axum");
    // Both must know the other's address before they start.
    const origin = `http://127.0.0.1:${await freePort()}`;
    const presence = await Server.start([origin], ["--auth", "open"]);
    const application = spawn(path.join(folder, "leptos-axum-example"), {
      cwd: fileURLToPath(new URL("../../examples/leptos-axum/", import.meta.url)),
      env: {
        ...process.env,
        LEPTOS_SITE_ADDR: new URL(origin).host,
        LEPTOS_SITE_ROOT: folder,
        PRESENCE_SERVER: presence.stream,
      },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const lines = createInterface({ input: application.stdout });
    await new Promise((resolve, reject) => {
      lines.on("line", (line) => line.startsWith("listening") && resolve());
      application.once("exit", (code) => reject(new Error(`the application ended with ${code}`)));
    });
    await use(origin);
    application.kill();
    await presence.stop();
  },
});

test("an application in the browser: two people see each other, and one chooses", async ({ page, browser, csr }) => {
  const other = await browser.newContext();
  const bob = await other.newPage();
  await page.goto(csr("alice@example.com"));
  await bob.goto(csr("bob@example.com"));
  await expect(page.getByText("You are alice@example.com.")).toBeVisible();
  const dot = (where, name) => where.getByRole("listitem").filter({ hasText: name }).getByRole("img");
  await expect(dot(page, "bob@example.com")).toHaveAccessibleName("Online");

  await page.getByRole("button", { name: "My status: Online" }).click();
  await page.getByRole("menuitemradio", { name: "Busy" }).click();
  await expect(page.getByRole("button", { name: "My status: Busy" })).toBeVisible();
  await expect(dot(bob, "alice@example.com")).toHaveAccessibleName("Busy");
  await other.close();
});

test("an application in the browser: list and conversation", async ({ page, csr }) => {
  await page.goto(csr("alice@example.com"));
  await page.getByRole("button", { name: "Add contact" }).click();
  await page.keyboard.type("bob@example.com");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("treeitem", { name: "bob@example.com" })).toBeVisible();
  await page.getByRole("tree").focus();
  await page.getByRole("treeitem", { name: "bob@example.com" }).click();
  const dialog = page.getByRole("dialog", { name: "Conversation with bob@example.com" });
  await dialog.getByRole("textbox", { name: "Message" }).fill("Are you there?");
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("log")).toContainText("Are you there?");
  await dialog.getByRole("button", { name: "Close" }).click();
  await expect(dialog).toHaveCount(0);
});

test("a page that a server draws says who is meant before any script has run", async ({ browser, drawn }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(drawn);
  for (const name of ["alice@example.com", "bob@example.com"]) {
    const person = page.getByRole("listitem").filter({ hasText: name });
    await expect(person.getByRole("img")).toHaveAccessibleName("Unknown");
  }
  await context.close();
});

test("a page that a server draws is taken over and live", async ({ page, drawn }) => {
  await page.goto(drawn);
  const dot = (name) => page.getByRole("listitem").filter({ hasText: name }).getByRole("img");
  await expect(dot("alice@example.com")).toHaveAccessibleName("Online");
  // Nobody of that name has ever signed in.
  await expect(dot("bob@example.com")).toHaveAccessibleName("Unknown");
  await page.getByRole("button", { name: "My status: Online" }).click();
  await page.getByRole("menuitemradio", { name: "Away" }).click();
  await expect(dot("alice@example.com")).toHaveAccessibleName("Away");
  // One of each: what the server drew was taken over and not drawn again beside it.
  await expect(page.getByRole("button", { name: /^My status/ })).toHaveCount(1);
  await expect(page.getByRole("listitem")).toHaveCount(2);
});
