// Idle is what the last input over all tabs says: not the timer, not the reload, not the tab that one happens to look at.

import { expect, Server, test as base } from "./support/test.js";
import { Tab } from "./support/tab.js";

const ERIKA = "erika@example.com";
const FRANZ = "franz@example.com";

const test = base.extend({
  server: async ({ host }, use) => {
    const server = await Server.start([host.url], ["--auth", "open"]);
    await use(server);
    await server.stop();
  },

  /** Puts up a page for Erika and returns its address. */
  address: async ({ host, server }, use) => {
    await use((attributes) =>
      host.page(`<mi-my-status ${attributes}>…</mi-my-status><mi-status contact="${FRANZ}">…</mi-status>`, {
        head: `<script src="${server.url}/mistatus.js" data-signin-name="${ERIKA}"></script>`,
      }),
    );
  },

  /** Franz, in a browser of his own, who sees how Erika is. */
  franz: async ({ browser, host, server }, use) => {
    const context = await browser.newContext();
    const head = `<script src="${server.url}/mistatus.js" data-signin-name="${FRANZ}"></script>`;
    const franz = await Tab.open(
      context,
      host.page(`<mi-my-status no-idle>…</mi-my-status><mi-status contact="${ERIKA}">…</mi-status>`, { head }),
    );
    await franz.shows("Online");
    await use(franz);
    await context.close();
  },
});

/** Moves the pointer, as only a person can. */
async function move({ page }) {
  move.times = (move.times ?? 0) + 1;
  await page.mouse.move(10 + (move.times % 50), 10);
}

/** Returns what a tab was told of Erika, in order. */
async function statuses(tab) {
  return (await tab.told()).filter(([type, name]) => type === "mi-status-change" && name === ERIKA).map(([, , status]) => status);
}

test("whoever comes back in one tab is back in all", async ({ address, context, franz }) => {
  const first = await Tab.open(context, address('idle-after="2"'));
  const second = await Tab.open(context, address('idle-after="2"'));
  await franz.sees("Idle");
  await first.shows("Idle");
  await second.shows("Idle");
  await move(first);
  await franz.sees("Online");
  await first.shows("Online");
  await second.shows("Online");
  await franz.sees("Idle");
  await move(second);
  await franz.sees("Online");
  await first.shows("Online");
});

test("input in one tab is presence in all", async ({ address, context, franz }) => {
  const page = address('idle-after="7"');
  const quiet = await Tab.open(context, page);
  const used = await Tab.open(context, page);
  await quiet.shows("Online");
  await used.shows("Online");
  await franz.sees("Online");
  await quiet.asked();
  await franz.forget();
  const until = Date.now() + 15_000;
  while (Date.now() < until) {
    await move(used);
    await used.page.waitForTimeout(500);
  }
  expect(await statuses(franz)).toEqual([]);
  await franz.sees("Idle", { timeout: 20_000 });
});

test("what was chosen is there again after being idle", async ({ address, context, franz }) => {
  const tab = await Tab.open(context, address('idle-after="2"'));
  await franz.sees("Idle");
  await tab.choose("Busy");
  await franz.sees("Busy");
  await franz.forget();
  // The one choice that says nothing of itself is the one that idleness replaces.
  await tab.choose("Online");
  await franz.sees("Idle");
  await move(tab);
  await franz.sees("Online");
  expect(await statuses(franz)).toEqual([2, 18, 2]);
});

test("a reload is no input", async ({ address, context, franz }) => {
  const tab = await Tab.open(context, address('idle-after="2"'));
  await franz.sees("Idle");
  await tab.shows("Idle");
  await franz.forget();
  await tab.page.reload();
  await tab.shows("Idle");
  await tab.asked();
  await franz.asked();
  expect(await statuses(franz)).toEqual([]);
  await move(tab);
  await franz.sees("Online");
});

test("who is idle stays so when the connection changes hands", async ({ address, context, franz }) => {
  const first = await Tab.open(context, address('idle-after="2"'));
  const second = await Tab.open(context, address('idle-after="2"'));
  await franz.sees("Idle");
  await second.shows("Idle");
  expect([first.openSockets, second.openSockets]).toEqual([1, 0]);
  await franz.forget();
  await second.forget();
  await first.page.close();
  await expect.poll(() => second.openSockets).toBe(1);
  await second.asked();
  await franz.asked();
  expect(await statuses(franz)).toEqual([]);
  expect((await second.told()).filter(([, , status]) => status !== 18)).toEqual([]);
  await move(second);
  await franz.sees("Online");
});

test("a user who does not want to be idle never is", async ({ address, context, franz }) => {
  const tab = await Tab.open(context, address('idle-after="1" no-idle'));
  const other = await Tab.open(context, address('idle-after="1" no-idle'));
  await other.shows("Online");
  await franz.sees("Online");
  await franz.forget();
  await tab.page.waitForTimeout(3_000);
  await other.asked();
  await franz.asked();
  expect(await statuses(franz)).toEqual([]);
  await tab.page.evaluate(() => document.querySelector("mi-my-status").removeAttribute("no-idle"));
  await franz.sees("Idle");
});

test("after a sleep the user has been idle for all of it, and is back with the first input", async ({ address, context, franz }) => {
  const tab = new Tab(await context.newPage());
  await tab.page.clock.install();
  await tab.page.goto(address(""));
  await tab.shows("Online");
  await franz.sees("Online");
  await tab.page.clock.fastForward("10:00");
  await tab.shows("Idle");
  await franz.sees("Idle");
  await move(tab);
  await tab.shows("Online");
  await franz.sees("Online");
});

test("without storage each tab counts for itself", async ({ address, context, franz }) => {
  await context.addInitScript(() => {
    Object.defineProperty(window, "localStorage", {
      get() {
        throw new DOMException("Forbidden here", "SecurityError");
      },
    });
  });
  const tab = await Tab.open(context, address('idle-after="2"'));
  await franz.sees("Idle");
  await move(tab);
  await franz.sees("Online");
});

for (const [what, state] of [
  ["a device that nobody uses", { isUserActive: false, isScreenUnlocked: true }],
  ["a locked screen", { isUserActive: true, isScreenUnlocked: false }],
]) {
  test(`${what} is idle where the page may know, and back with its user`, async ({ address, browser, context, franz, host }) => {
    const tab = new Tab(await context.newPage());
    const { targetInfo } = await tab.tell("Target.getTargetInfo");
    const devtools = await browser.newBrowserCDPSession();
    const permission = { permissions: ["idleDetection"], origin: host.url, browserContextId: targetInfo.browserContextId };
    await devtools.send("Browser.grantPermissions", permission);
    await tab.tell("Emulation.setIdleOverride", { isUserActive: true, isScreenUnlocked: true });
    await tab.page.goto(address('idle-after="2"'));
    await tab.shows("Online");
    await franz.sees("Online");
    await franz.forget();
    // Longer than the threshold without any input into the page: the device is used elsewhere.
    await tab.page.waitForTimeout(4_000);
    expect(await statuses(franz)).toEqual([]);
    await tab.tell("Emulation.setIdleOverride", state);
    await tab.shows("Idle");
    await franz.sees("Idle");
    await tab.tell("Emulation.setIdleOverride", { isUserActive: true, isScreenUnlocked: true });
    await tab.shows("Online");
    await franz.sees("Online");
  });
}
