// A trial without a back end: the links of `mistatus-server invite`, and the page that they open.

import { execFile } from "node:child_process";
import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

import { inSeconds, token } from "./support/jwt.js";
import { BINARY, Server } from "./support/server.js";
import { test as base, expect } from "./support/test.js";

const SECRET = "a secret of at least thirty-two bytes";
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const test = base.extend({
  /** A server with invitations; `invite` signs a link to it, `revoke` takes one back by what the command said. */
  server: async ({}, use) => {
    const folder = await mkdtemp(path.join(tmpdir(), "mistatus-invite-"));
    const [key, revoked] = ["key", "revoked"].map((name) => path.join(folder, name));
    await writeFile(key, SECRET);
    await writeFile(revoked, "");
    const options = ["--auth", "jwt", "--jwt-key", key, "--revoked", revoked, "--invites"];
    const server = await Server.start([], [...options, "--visibility", "everyone"]);
    /** Lets it check tokens by another key, or by the one that fits. */
    server.useKey = (secret = SECRET) => writeFile(key, secret);
    server.invite = async (...more) => {
      const args = ["invite", "--jwt-key", key, "--url", server.url, ...more];
      const { stdout, stderr } = await promisify(execFile)(BINARY, args);
      return { link: stdout.trim(), revoke: () => appendFile(revoked, `${/`(jti [^`]+)`/.exec(stderr)[1]}\n`) };
    };
    await use(server);
    await server.stop();
    await rm(folder, { recursive: true });
  },

  /** Opens a link as somebody on another machine does. */
  visitor: async ({ browser }, use) => {
    const contexts = [];
    await use(async (link, options) => {
      const context = await browser.newContext(options);
      contexts.push(context);
      const page = await context.newPage();
      await page.goto(link);
      return page;
    });
    await Promise.all(contexts.map((context) => context.close()));
  },
});

const notice = (page) => page.getByRole("status").first();

async function violations(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run());
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

test("two people who were invited find each other and talk", async ({ server, visitor }) => {
  const erika = await visitor((await server.invite("--sub", "erika@example.com", "--name", "Erika Mustermann")).link);
  const franz = await visitor((await server.invite("--sub", "franz@example.com")).link);
  await expect(notice(erika)).toContainText("You are signed in as Erika Mustermann (erika@example.com).");
  await expect(notice(franz)).toContainText("You are signed in as franz@example.com.");
  await erika.getByRole("button", { name: "Add contact" }).click();
  await erika.getByRole("combobox", { name: "Sign-in name" }).fill("franz@example.com");
  await erika.keyboard.press("Enter");
  await erika.getByRole("treeitem", { name: /franz/ }).click();
  await erika.getByRole("textbox", { name: "Message" }).fill("Shall we try it?");
  await erika.keyboard.press("Enter");
  await expect(franz.getByRole("treeitem", { name: /erika.*1 new message/ })).toBeVisible();
  await franz.getByRole("treeitem", { name: /erika/ }).click();
  await expect(franz.getByRole("log")).toContainText("Shall we try it?");
});

test("the token leaves the address and no request has it, and a reload signs in again", async ({ server, page }) => {
  const { link } = await server.invite("--sub", "erika@example.com");
  const secret = new URL(link).hash.slice(1);
  const said = [];
  page.on("request", (request) => said.push(request.url(), JSON.stringify(request.headers())));
  page.on("console", (message) => said.push(message.text()));
  await page.goto(link);
  await expect(notice(page)).toContainText("erika@example.com");
  expect(page.url()).toBe(`${server.url}/invite`);
  await page.reload();
  await expect(notice(page)).toContainText("You are signed in as erika@example.com.");
  expect(said.filter((text) => text.includes(secret))).toEqual([]);
  expect(said.filter((text) => /Content.Security.Policy/i.test(text))).toEqual([]);
});

test("another invitation that is opened in the same tab is the one that holds", async ({ server, page }) => {
  await page.goto((await server.invite("--sub", "erika@example.com")).link);
  await expect(notice(page)).toContainText("erika@example.com");
  await page.goto((await server.invite("--sub", "franz@example.com")).link);
  await expect(notice(page)).toContainText("You are signed in as franz@example.com.");
});

test("an invitation that has ended says so", async ({ server, page }) => {
  await page.goto(`${server.url}/invite#${token({ sub: "erika@example.com", exp: inSeconds(-60) }, SECRET)}`);
  await expect(notice(page)).toContainText("This invitation ended on ");
  await expect(notice(page)).toContainText("Ask whoever sent it for another one.");
  await expect(page.locator("mi-messenger")).toHaveCount(0);
});

test("an invitation that ends while its page is open says so, too", async ({ server, page }) => {
  await page.goto(`${server.url}/invite#${token({ sub: "erika@example.com", exp: inSeconds(5) }, SECRET)}`);
  await expect(page.getByRole("button", { name: "My status: Online" })).toBeVisible();
  await expect(notice(page)).toContainText("This invitation ended on ");
  await expect(page.locator("mi-messenger")).toHaveCount(0);
});

test("an invitation that is taken back says so, in an open page and in a new one", async ({
  server,
  page,
  visitor,
}) => {
  const { link, revoke } = await server.invite("--sub", "erika@example.com");
  await page.goto(link);
  await expect(notice(page)).toContainText("You are signed in");
  await revoke();
  await expect(notice(page)).toContainText("The server does not accept this invitation, or no longer.");
  await expect(page.getByRole("button")).toHaveCount(0);
  const other = await visitor(link);
  await expect(notice(other)).toContainText("revoked");
  await expect(notice(other)).toContainText("Ask whoever sent it for another one.");
});

test("a page without an invitation, or with half of one, says what is missing", async ({ server, page }) => {
  await page.goto(`${server.url}/invite`);
  await expect(notice(page)).toContainText("open the whole link");
  const { link } = await server.invite("--sub", "erika@example.com");
  await page.goto(link.slice(0, -20));
  await expect(notice(page)).toContainText("The server does not accept this invitation");
});

test("a wrong key for a moment ends no invitation", async ({ server, page }) => {
  const { link } = await server.invite("--sub", "erika@example.com");
  await server.useKey("another secret of at least thirty-two bytes");
  await expect(async () => {
    await page.goto("about:blank");
    await page.goto(link);
    await expect(notice(page)).toContainText("does not accept this invitation", { timeout: 2_000 });
  }).toPass();
  await server.useKey();
  await expect(notice(page)).toContainText("You are signed in as erika@example.com.", { timeout: 45_000 });
  await expect(page.getByRole("button", { name: "My status: Online" })).toBeVisible();
});

test("who signs out is signed out, also after a reload", async ({ server, page }) => {
  await page.goto((await server.invite("--sub", "erika@example.com")).link);
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(notice(page)).toContainText("You are signed out.");
  await page.reload();
  await expect(notice(page)).toContainText("This page needs an invitation");
});

for (const colorScheme of ["light", "dark"]) {
  test(`in the ${colorScheme} theme axe finds nothing, also where it is narrow`, async ({ server, visitor }) => {
    const { link } = await server.invite("--sub", "erika@example.com", "--name", "Erika Mustermann");
    const page = await visitor(link, { colorScheme, viewport: { width: 320, height: 600 } });
    await expect(notice(page)).toContainText("You are signed in");
    await expect(page.getByRole("button", { name: "Add contact" })).toBeVisible();
    expect(await violations(page)).toEqual([]);
    const overflow = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;
    expect(await page.evaluate(overflow)).toBe(0);
  });
}
