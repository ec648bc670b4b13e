// An old page under the shim: its own text with the address and the user of the one new line filled in, as its keeper would.

import { readFile } from "node:fs/promises";

import { expect } from "../support/test.js";

/** Returns the one tag that an old page needs. */
export const tag = (host, server, { name = "franz@example.com", attribute = "" } = {}) =>
  `<script ${attribute} src="${host.url}/widget/legacy.js" data-server="${server.stream}" data-signin-name="${name}"></script>`;

/** Puts up an example page and returns its address. */
export async function example(host, server, name) {
  quiet(host);
  const text = await readFile(new URL(`../../../www/legacy/${name}`, import.meta.url), "utf8");
  return host.file(name, text.replace(/<script src="legacy\.js"[^>]*><\/script>/, tag(host, server)));
}

/** Puts up a page with nothing on it but the tag, and opens it. */
export async function openOldPage(
  page,
  host,
  server,
  { attribute, body = "<p>Old</p>", head = "", waitUntil = "load", ...options } = {},
) {
  quiet(host);
  await page.goto(host.page(body, { head: tag(host, server, { attribute }) + head, ...options }), { waitUntil });
}

/** Signs Erika in, whom somebody else's page shows, as busy: what is asked of her from now on is answered so. */
export async function busyErika(person, watcher = "franz@example.com") {
  const erika = await person("erika@example.com", watcher);
  await erika.choose("Busy");
  await erika.shows("Busy");
  return erika;
}

/** Waits until the page's messenger is signed in; the script that has it may be on its way. */
export async function signedIn(page) {
  await expect.poll(() => page.evaluate(() => "mistatus" in window)).toBe(true);
  await page.evaluate(() => window.mistatus.ready.then(() => undefined));
}

/** Returns the errors among what a page said. */
export const errors = (said) => said.filter(({ type }) => type === "error" || type === "pageerror");

// Old pages name no icon, so that browsers look for one; that it is missing is nobody's error.
function quiet(host) {
  host.file("favicon.ico", "");
}
