// A page may be frozen, hidden, or put away for the way back, at any moment and without asking. Nobody must notice.

import { Chromium } from "./support/chromium.js";
import { test as base, expect, Server } from "./support/test.js";

const ERIKA = "erika@example.com";
const FRANZ = "franz@example.com";

// As Playwright's tab of support/tab.js keeps it.
const LISTEN = `<script>
  window.told = [];
  for (const type of ["mi-my-status-change", "mi-status-change"]) {
    addEventListener(type, ({ detail }) => told.push([type, detail.contact ?? "", detail.status]));
  }
  new MutationObserver((changes) => {
    for (const { target } of changes.filter(({ target }) => target.hasAttribute("stale"))) {
      told.push(["stale", target.getAttribute("contact"), target.getAttribute("status")]);
    }
  }).observe(document, { subtree: true, attributeFilter: ["stale"] });
  addEventListener("pageshow", ({ persisted }) => { window.restored = persisted; });
</script>`;

const test = base.extend({
  server: async ({ host }, use) => {
    const server = await Server.start([host.url], ["--auth", "open"]);
    await use(server);
    await server.stop();
  },

  chromium: async ({ launchOptions }, use) => {
    const chromium = await Chromium.start(launchOptions);
    await use(chromium);
    await chromium.stop();
  },

  /** Opens a tab for somebody with somebody else on the page, and waits until both are known. */
  tab: async ({ chromium, host, server }, use) => {
    await use(async (name, contact) => {
      const head = `${LISTEN}<script src="${server.url}/mistatus.js" data-signin-name="${name}"></script>`;
      const body = `<mi-my-status>…</mi-my-status><mi-status contact="${contact}">…</mi-status>`;
      const tab = await chromium.open(host.page(body, { head }));
      await is(tab, "mi-my-status", "online");
      return tab;
    });
  },
});

const status = (tab, element) => tab.evaluate(`document.querySelector("${element}")?.getAttribute("status")`);

async function is(tab, element, name) {
  await expect.poll(() => status(tab, element)).toBe(name);
}

async function choose(tab, number) {
  await tab.evaluate(`mistatus.messenger.setMyStatus(${number})`);
}

/** Returns what a page was told but for the answers about oneself, up to the server's answer to a question. */
async function aboutOthers(tab) {
  await tab.evaluate("mistatus.messenger.queryMyStatus()");
  return (await tab.evaluate("told")).filter(([type]) => type !== "mi-my-status-change");
}

/** Returns how many sockets are open at the server. */
function connections(server) {
  return metric(server, "connections");
}

/** Returns how many sockets were ever opened at the server. */
function total(server) {
  return metric(server, "connections_total");
}

async function metric(server, name) {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return Number(new RegExp(`^mistatus_${name} (\\d+)$`, "m").exec(text)[1]);
}

test("another tab goes on when the one with the connection is frozen, which then follows", async ({ tab, server }) => {
  const franz = await tab(FRANZ, ERIKA);
  const leader = await tab(ERIKA, FRANZ);
  const follower = await tab(ERIKA, FRANZ);
  await is(follower, "mi-status", "online");
  await is(franz, "mi-status", "online");
  expect(await connections(server)).toBe(2);
  await Promise.all([franz, follower].map((tab) => tab.evaluate("void (told.length = 0)")));
  const opened = await total(server);

  await leader.send("Page.setWebLifecycleState", { state: "frozen" });
  await expect.poll(() => total(server)).toBe(opened + 1);
  expect(await aboutOthers(follower)).toEqual([]);
  expect((await follower.evaluate("told")).filter(([, , number]) => number !== 2)).toEqual([]);
  expect(await aboutOthers(franz)).toEqual([]);
  await choose(follower, 10);
  await is(franz, "mi-status", "busy");
  expect(await connections(server)).toBe(2);

  await leader.send("Page.setWebLifecycleState", { state: "active" });
  await leader.activate();
  await is(leader, "mi-my-status", "busy");
  await choose(franz, 34);
  await is(leader, "mi-status", "away");
  expect(await total(server)).toBe(opened + 1);
  expect(await aboutOthers(franz)).toEqual([["mi-status-change", ERIKA, 10]]);
});

test("a page alone that was frozen is there again with what happened meanwhile", async ({ tab, server }) => {
  const franz = await tab(FRANZ, ERIKA);
  const erika = await tab(ERIKA, FRANZ);
  await is(franz, "mi-status", "online");
  await erika.send("Page.setWebLifecycleState", { state: "frozen" });
  await expect.poll(() => connections(server)).toBe(1);
  await choose(franz, 10);
  await erika.send("Page.setWebLifecycleState", { state: "active" });
  await is(erika, "mi-status", "busy");
  await is(erika, "mi-my-status", "online");
  expect(await connections(server)).toBe(2);
});

test("a page put away for the way back holds nothing, and comes back with what happened meanwhile", async ({
  tab,
  host,
  server,
}) => {
  const franz = await tab(FRANZ, ERIKA);
  const erika = await tab(ERIKA, FRANZ);
  await is(erika, "mi-status", "online");
  await erika.evaluate("window.same = true");
  await erika.goto(host.page("Somewhere else"));
  await expect.poll(() => connections(server)).toBe(1);
  expect(
    await franz.evaluate("navigator.locks.query().then(({ held, pending }) => [held.length, pending.length])"),
  ).toEqual([1, 0]);
  await choose(franz, 10);
  await erika.back();
  await expect.poll(() => erika.evaluate("document.querySelector('mi-status') !== null")).toBe(true);
  const why = await erika.evaluate("JSON.stringify(performance.getEntriesByType('navigation')[0].notRestoredReasons)");
  expect(await erika.evaluate("[window.same, window.restored]"), why).toEqual([true, true]);
  await is(erika, "mi-status", "busy");
  await is(erika, "mi-my-status", "online");
  expect(await connections(server)).toBe(2);
});

test("another tab goes on when the one with the connection is put away, which then follows", async ({
  tab,
  host,
  server,
}) => {
  const franz = await tab(FRANZ, ERIKA);
  const leader = await tab(ERIKA, FRANZ);
  const follower = await tab(ERIKA, FRANZ);
  await is(follower, "mi-status", "online");
  await is(franz, "mi-status", "online");
  await Promise.all([franz, follower].map((tab) => tab.evaluate("void (told.length = 0)")));
  const opened = await total(server);
  await leader.evaluate("window.same = true");
  await leader.goto(host.page("Somewhere else"));
  await expect.poll(() => total(server)).toBe(opened + 1);
  await choose(follower, 10);
  await is(franz, "mi-status", "busy");
  expect(await aboutOthers(follower)).toEqual([]);
  await leader.back();
  await expect.poll(() => leader.evaluate("[window.same, window.restored]")).toEqual([true, true]);
  await is(leader, "mi-my-status", "busy");
  await is(leader, "mi-status", "online");
  expect(await connections(server)).toBe(2);
  expect(await total(server)).toBe(opened + 1);
  expect(await aboutOthers(franz)).toEqual([["mi-status-change", ERIKA, 10]]);
});

test("a tab that only follows may be put away as well", async ({ tab, host, server }) => {
  const leader = await tab(ERIKA, FRANZ);
  const follower = await tab(ERIKA, FRANZ);
  await follower.evaluate("window.same = true");
  await follower.goto(host.page("Somewhere else"));
  await choose(leader, 10);
  await follower.back();
  await expect.poll(() => follower.evaluate("[window.same, window.restored]")).toEqual([true, true]);
  await is(follower, "mi-my-status", "busy");
  expect(await connections(server)).toBe(1);
});
