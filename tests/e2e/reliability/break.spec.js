// Links break, swallow and come back. Short breaks are nobody's business, long ones are shown as what they are, and
// nothing that was said meanwhile is lost or said twice.

import { test as base, EMBEDDED, expect, holdTime, set, settled, withClock } from "../support/people.js";
import { setVisible } from "../support/visibility.js";

/** Lets time pass in small steps until something happened outside of the page, which takes time of its own. */
async function passTime({ page }, most, happened) {
  for (let passed = 0; passed < most && !happened(); passed += 250) {
    await page.clock.runFor(250);
  }
}

const test = base.extend({
  /** Opens pages for Erika, whose link may fail, and for Franz, whose link is good; each sees the other. */
  two: async ({ person, link, names: { ERIKA, FRANZ } }, use) => {
    await use(async (options) => {
      const franz = await person(FRANZ, ERIKA);
      const erika = await person(ERIKA, FRANZ, { stream: link.stream, ...options });
      await settled(erika, franz);
      return [erika, franz];
    });
  },
});

/** Returns what the page is told of why it shows somebody as it does. */
const reason = ({ page }, who) => page.evaluate((who) => window.mistatus.messenger.explain(who).reason, who);

test("a break that heals at once is shown to nobody, and nothing said meanwhile is missing", async ({
  two,
  link,
  names: { ERIKA, FRANZ },
}) => {
  const [erika, franz] = await two({ prepare: withClock });
  await holdTime(erika);
  await link.refuse();
  await expect.poll(() => link.open).toBe(0);
  await expect.poll(() => erika.sockets.open()).toBe(0);
  await set(franz, 10, { note: "Reading" });
  await set(franz, 34);
  await link.pass();
  // Long enough for the first attempt, too short to be noticed.
  await erika.page.clock.runFor(1_000);
  await erika.sees("Away");
  await erika.asked();
  await franz.asked();
  expect(await erika.recorder.shown(FRANZ)).toEqual(["busy", "away"]);
  expect(await erika.recorder.told(FRANZ)).toEqual([10, 34]);
  expect(await erika.recorder.shown("me")).toEqual([]);
  expect(await franz.recorder.shown(ERIKA)).toEqual([]);
});

test("what is asked for in a short break is done, once", async ({ two, link, names: { ERIKA } }) => {
  const [erika, franz] = await two({ prepare: withClock });
  await holdTime(erika);
  link.cut();
  await expect.poll(() => erika.sockets.open()).toBe(0);
  const asked = set(erika, 10);
  await erika.page.clock.runFor(1_000);
  await asked;
  await franz.sees("Busy");
  await set(erika, 34);
  await franz.sees("Away");
  expect(await franz.recorder.told(ERIKA)).toEqual([10, 34]);
});

test("what was done though the answer was lost is not done again", async ({
  two,
  person,
  link,
  names: { ERIKA, FRANZ },
}) => {
  const [erika, franz] = await two({ prepare: withClock });
  await holdTime(erika);
  link.swallow("answers");
  const asked = set(erika, 10);
  await franz.sees("Busy");
  // Meanwhile another device of Erika's changes her mind: what she asked for first must not win again.
  const phone = await person(ERIKA, FRANZ);
  await phone.shows("Busy");
  await set(phone, 34);
  await franz.sees("Away");
  await link.pass();
  link.cut();
  await expect.poll(() => erika.sockets.open()).toBe(0);
  await erika.page.clock.runFor(1_000);
  await asked;
  await erika.shows("Away");
  await erika.asked();
  await franz.asked();
  expect(await franz.recorder.told(ERIKA)).toEqual([10, 34]);
});

test("a link that swallows everything is found out, and another one shows what is true", async ({
  two,
  link,
  names: { FRANZ },
}) => {
  const [erika, franz] = await two();
  link.swallow();
  await set(franz, 10);
  await erika.sees("Online (last known)", { timeout: 60_000 });
  expect(await erika.recorder.shown(FRANZ)).toEqual(["online (stale)"]);
  await link.pass();
  await erika.sees("Busy", { timeout: 60_000 });
  expect((await erika.recorder.shown(FRANZ))[0]).toBe("online (stale)");
  expect(await erika.recorder.believed(FRANZ)).toEqual(["busy"]);
  expect(await erika.recorder.told(FRANZ)).toEqual([10]);
});

test("a slow link loses nothing and repeats nothing", async ({ two, link, names: { FRANZ } }) => {
  const [erika, franz] = await two();
  link.delay(400);
  await erika.asked();
  for (const status of [10, 34, 2, 50]) {
    await set(franz, status);
    link.cut();
  }
  await erika.sees("On the phone");
  expect(await erika.recorder.told(FRANZ)).toEqual([10, 34, 2, 50]);
  expect(await erika.recorder.shown(FRANZ)).not.toContain("unknown");
  expect(await erika.recorder.shown(FRANZ)).not.toContain("offline");
});

test("a long break is shown: the last value, marked, and after the grace nothing", async ({
  two,
  link,
  names: { FRANZ },
}) => {
  const [erika, franz] = await two({ prepare: withClock });
  await holdTime(erika);
  await link.refuse();
  await expect.poll(() => link.open).toBe(0);
  await expect.poll(() => erika.sockets.open()).toBe(0);
  await erika.page.clock.runFor(3_000);
  await erika.sees("Online (last known)");
  expect(await reason(erika, FRANZ)).toBe("stale");
  await erika.page.clock.runFor(50_000);
  await erika.sees("Online (last known)");
  await erika.page.clock.runFor(20_000);
  await erika.sees("Unknown");
  expect(await reason(erika, FRANZ)).toBe("lost");
  expect(await erika.recorder.shown(FRANZ)).toEqual(["online (stale)", "unknown"]);
  await set(franz, 10);
  await link.pass();
  const called = link.accepted;
  await passTime(erika, 31_000, () => link.accepted > called);
  await erika.sees("Busy");
  expect(await reason(erika, FRANZ)).toBe("told");
  expect(await erika.recorder.shown(FRANZ)).toEqual(["online (stale)", "unknown", "busy"]);
});

test("a break heals though the platform says that there is no network, and at the network's return at once", async ({
  two,
  link,
  names: { FRANZ },
}) => {
  const [erika, franz] = await two({ prepare: withClock });
  await holdTime(erika);
  const network = (what) => erika.page.evaluate((what) => window.dispatchEvent(new Event(what)), what);
  // Not true, as with a virtual adapter that went away: the server answers all the same.
  await network("offline");
  await erika.asked();
  expect(await erika.recorder.shown(FRANZ)).toEqual(["online (stale)", "online"]);
  const called = link.accepted;
  link.cut();
  await erika.sees("Online (last known)");
  await set(franz, 10);
  await passTime(erika, 61_000, () => link.accepted > called);
  await erika.sees("Busy");
  await link.refuse();
  await expect.poll(() => link.open).toBe(0);
  await erika.sees("Busy (last known)");
  await set(franz, 34);
  await link.pass();
  // Nobody moves the page's clock on: what waits, waits for ever.
  await network("online");
  await erika.sees("Away");
  expect(await erika.recorder.believed(FRANZ)).toEqual(["online", "busy", "away"]);
});

test("a hidden page comes back by itself, and at once when it is seen again", async ({
  two,
  link,
  names: { ERIKA, FRANZ },
}) => {
  const [erika, franz] = await two({ prepare: withClock });
  await holdTime(erika);
  await setVisible(erika.page, false);
  const called = link.accepted;
  link.cut();
  await expect.poll(() => erika.sockets.open()).toBe(0);
  await set(franz, 10);
  await passTime(erika, 1_000, () => link.accepted > called);
  await erika.sees("Busy");
  await erika.asked();
  await franz.asked();
  expect(await erika.recorder.shown(FRANZ)).toEqual(["busy"]);
  expect(await franz.recorder.shown(ERIKA)).toEqual([]);
  await link.refuse();
  await expect.poll(() => link.open).toBe(0);
  await expect.poll(() => erika.sockets.open()).toBe(0);
  await erika.page.clock.runFor(3_000);
  await erika.sees("Busy (last known)");
  await link.pass();
  await set(franz, 34);
  await setVisible(erika.page, true);
  await erika.sees("Away");
  expect(await erika.recorder.believed(FRANZ)).toEqual(["busy", "away"]);
});

test(
  "the server says when to come back, and nothing makes a page come earlier",
  EMBEDDED,
  async ({ person, server, names: { ERIKA, FRANZ } }) => {
    const sockets = [];
    const franz = await person(FRANZ, ERIKA);
    const erika = await person(ERIKA, FRANZ, {
      prepare: async (page) => {
        await withClock(page);
        // The goodbye is put into the real server's stream.
        await page.routeWebSocket(server.stream, (socket) => {
          socket.connectToServer();
          sockets.push(socket);
        });
      },
    });
    await settled(erika, franz);
    await holdTime(erika);
    sockets[0].send(JSON.stringify({ type: "bye", hr: -2130705593, retryAfter: 120_000 }));
    await sockets[0].close({ code: 1001 });
    await erika.sees("Online (last known)");
    await setVisible(erika.page, false);
    await erika.page.clock.runFor(60_000);
    await setVisible(erika.page, true);
    await erika.page.context().setOffline(true);
    await erika.page.context().setOffline(false);
    await erika.page.clock.runFor(59_000);
    expect(sockets).toHaveLength(1);
    await passTime(erika, 32_000, () => sockets.length > 1);
    await erika.sees("Online");
    expect(sockets).toHaveLength(2);
    expect(await erika.recorder.shown(FRANZ)).toEqual(["online (stale)", "unknown", "online"]);
  },
);
