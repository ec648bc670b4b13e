// Several devices are one person: active where one is, there as long as one is there, whatever the others do.

import { expect, settled, test } from "../support/people.js";

const IDLE_SOON = 'idle-after="1"';

/** How an engine is told that nobody uses a client, at the sign-in or later: PROTOCOL.md, and XEP-0319. */
const REPORT = /"report-idle"|"idleFor"|urn:xmpp:idle:1/;

/** Collects the frames that a page sends; before it is loaded. */
function sent(into) {
  return async (page) => {
    page.on("websocket", (socket) => socket.on("framesent", ({ payload }) => into.push(payload)));
  };
}

test("idle on one device and not on another is not idle, until the other one is gone", async ({
  person,
  names: { ERIKA, FRANZ },
}) => {
  const franz = await person(FRANZ, ERIKA);
  const laptop = await person(ERIKA, FRANZ);
  await settled(franz, laptop);
  await franz.sees("Online");
  await franz.recorder.forget();
  const frames = [];
  const phone = await person(ERIKA, FRANZ, { picker: IDLE_SOON, prepare: sent(frames) });
  await expect.poll(() => frames.some((frame) => REPORT.test(frame))).toBe(true);
  await phone.asked();
  await franz.asked();
  expect(await franz.recorder.shown(ERIKA)).toEqual([]);
  await phone.shows("Online");
  await laptop.page.close();
  await franz.sees("Idle");
  await phone.shows("Idle");
  expect(await franz.recorder.shown(ERIKA)).toEqual(["idle"]);
  expect(await franz.recorder.told(ERIKA)).toEqual([18]);
});

test("closing one of two devices changes nothing", async ({ person, names: { ERIKA, FRANZ, GUSTAV } }) => {
  const gustav = await person(GUSTAV, FRANZ);
  const laptop = await person(ERIKA, FRANZ);
  const phone = await person(ERIKA, FRANZ);
  const franz = await person(FRANZ, [ERIKA, GUSTAV]);
  await settled(gustav, laptop, phone, franz);
  await laptop.page.close();
  await gustav.page.close();
  // When Gustav is gone for good, the damping time of Erika's laptop has been over for longer.
  await franz.sees("Offline");
  await phone.shows("Online");
  expect(await franz.recorder.shown(ERIKA)).toEqual([]);
  expect(await phone.recorder.shown("me")).toEqual([]);
});

test("a device on a bad link makes nobody come and go", async ({ person, link, names: { ERIKA, FRANZ } }) => {
  const franz = await person(FRANZ, ERIKA);
  const laptop = await person(ERIKA, FRANZ);
  const phone = await person(ERIKA, FRANZ, { stream: link.stream });
  await settled(franz, laptop, phone);
  for (let times = 0; times < 5; times += 1) {
    const before = link.accepted;
    link.cut();
    await expect.poll(() => link.accepted).toBeGreaterThan(before);
  }
  // What was asked during a break that became too long has no answer.
  await expect.poll(() => phone.isAnswered()).toBe(true);
  await phone.shows("Online");
  await phone.asked();
  await franz.asked();
  expect(await franz.recorder.shown(ERIKA)).toEqual([]);
  expect(await franz.recorder.told(ERIKA)).toEqual([]);
  expect(await laptop.recorder.shown("me")).toEqual([]);
});

test("whoever is idle stays so over a new connection", async ({ person, link, names: { ERIKA, FRANZ } }) => {
  const franz = await person(FRANZ, ERIKA);
  const erika = await person(ERIKA, FRANZ, { picker: IDLE_SOON, stream: link.stream });
  await franz.sees("Idle");
  await franz.asked();
  await franz.recorder.forget();
  const before = link.accepted;
  link.cut();
  await expect.poll(() => link.accepted).toBeGreaterThan(before);
  await erika.shows("Idle");
  await erika.asked();
  await franz.asked();
  expect(await franz.recorder.shown(ERIKA)).toEqual([]);
  expect(await franz.recorder.told(ERIKA)).toEqual([]);
});

test("whoever is idle stays so over a restart of the server", async ({ person, server, names: { ERIKA, FRANZ } }) => {
  const franz = await person(FRANZ, ERIKA);
  const erika = await person(ERIKA, FRANZ, { picker: IDLE_SOON });
  await franz.sees("Idle");
  await franz.asked();
  await franz.recorder.forget();
  await server.kill();
  await franz.sees("Idle (last known)");
  await server.restart();
  // However long it took: whoever waits comes back at once, before those who are not back count as gone. No input.
  const comeBack = () => window.dispatchEvent(new Event("online"));
  await Promise.all([erika, franz].map(({ page }) => page.evaluate(comeBack)));
  await erika.shows("Idle", { timeout: 60_000 });
  await franz.sees("Idle", { timeout: 60_000 });
  expect(await franz.recorder.shown(ERIKA)).toEqual(["idle (stale)", "idle"]);
  expect(await franz.recorder.told(ERIKA)).toEqual([]);
});
