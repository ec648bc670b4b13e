// Why a status is what it is: since when, until when, by what, as far as the viewer may know.

import { expect, test } from "./support/test.js";

const open = async (page, host, server, name, body = "") => {
  const head = `<script src="${server.url}/mistatus.js" data-signin-name="${name}"></script>`;
  await page.goto(host.page(body || "<p>Explain</p>", { head }));
  await page.evaluate(() => window.mistatus.ready);
};

const explain = (page, who) =>
  page.evaluate(async (who) => {
    const { since, until, staleSince, ...rest } = (await window.mistatus.ready).explain(who);
    const told = (date) => (date === null ? null : date.getTime());
    return { ...rest, since: told(since), until: told(until), staleSince: told(staleSince) };
  }, who);

test("what a script sets is explained to oneself and to others, and clearing it goes back to automatic", async ({
  page,
  host,
  server,
  browser,
}) => {
  await open(page, host, server, "yara@example.com");
  const other = await (await browser.newContext()).newPage();
  await open(other, host, server, "zeno@example.com", '<mi-status contact="yara@example.com"></mi-status>');
  const dot = other.locator("mi-status");
  await expect(dot).toHaveAttribute("status", "online");
  expect(await explain(other, "yara@example.com")).toMatchObject({
    status: 2,
    source: "connection",
    reason: "told",
    stale: false,
    until: null,
  });

  const until = Date.now() + 3_600_000;
  await page.evaluate(async (until) => {
    await (await window.mistatus.ready).setMyStatus(10, { note: "Reviewing <b>", until });
  }, until);
  await expect(dot).toHaveAttribute("status", "busy");
  const seen = await explain(other, "yara@example.com");
  expect(seen).toMatchObject({
    status: 10,
    source: "api",
    note: "Reviewing <b>",
    until,
    reason: "told",
    stale: false,
    staleSince: null,
  });
  expect(seen.since).toBeGreaterThan(until - 7_200_000);
  expect(await explain(page)).toMatchObject({
    status: 10,
    source: "api",
    note: "Reviewing <b>",
    until,
    reason: "told",
  });
  await expect(dot.locator(".mi-dot")).toHaveAttribute("title", /Busy – Reviewing <b>, since .+, until /);

  await page.evaluate(async () => (await window.mistatus.ready).clearMyStatus());
  await expect(dot).toHaveAttribute("status", "online");
  expect(await explain(page)).toMatchObject({ status: 2, note: null, until: null });
  await other.context().close();
});

test("somebody who does not exist, and being signed out, have reasons of their own", async ({ page, host, server }) => {
  await open(page, host, server, "xenia@example.com", '<mi-status contact="nobody@nowhere.example"></mi-status>');
  await expect.poll(async () => (await explain(page, "nobody@nowhere.example")).reason).toBe("not-visible");
  expect(await explain(page, "nobody-asked@nowhere.example")).toMatchObject({
    status: 0,
    reason: "not-told-yet",
    since: null,
    source: null,
  });
  await page.evaluate(async () => {
    const messenger = await window.mistatus.ready;
    const out = new Promise((resolve) => messenger.addEventListener("OnSignout", resolve, { once: true }));
    messenger.Signout();
    await out;
  });
  expect(await explain(page, "nobody@nowhere.example")).toMatchObject({ status: 0, reason: "signed-out" });
  expect(await explain(page)).toMatchObject({ reason: "signed-out" });
});

test("a lost connection is explained by since when the value may be outdated", async ({ page, host, server }) => {
  await open(page, host, server, "wanda@example.com", '<mi-status contact="wanda@example.com"></mi-status>');
  await expect(page.locator("mi-status")).toHaveAttribute("status", "online");
  await server.kill();
  await expect(page.locator("mi-status")).toHaveAttribute("stale", "");
  const lost = await explain(page, "wanda@example.com");
  expect(lost).toMatchObject({ status: 2, stale: true, reason: "stale" });
  expect(lost.staleSince).toBeLessThanOrEqual(Date.now());
});
