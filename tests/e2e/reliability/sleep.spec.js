// A computer sleeps: its browser's processes are stopped. Others are told that its user is gone; on waking, nothing is
// shown as today's that was yesterday's.

import { expect, set, settled, test } from "../support/people.js";

/** Longer than a living connection can be silent: `HEARTBEAT_DEFAULT` and `HEARTBEAT_GRACE`. */
const SILENCE = 36_000;

test("a laptop's sleep shows nobody anything untrue", async ({ machine, person, names: { ERIKA, FRANZ } }) => {
  const laptop = await machine();
  const franz = await person(FRANZ, ERIKA);
  const erika = await person(ERIKA, FRANZ, { machine: laptop });
  await settled(erika, franz);
  laptop.sleep();
  const until = Date.now() + SILENCE;
  await set(franz, 10);
  await franz.sees("Offline", { timeout: 60_000 });
  await set(franz, 34);
  await expect.poll(() => Date.now()).toBeGreaterThan(until);
  laptop.wake();
  await erika.sees("Away", { timeout: 60_000 });
  await franz.sees("Online");
  // What was on the screen when it slept is marked before it is replaced; Busy was true only while nobody looked.
  expect((await erika.recorder.shown(FRANZ))[0]).toMatch(/ \(stale\)$/);
  expect(await erika.recorder.believed(FRANZ)).toEqual(["away"]);
  expect(await franz.recorder.shown(ERIKA)).toEqual(["offline", "online"]);
  expect(await franz.recorder.told(ERIKA)).toEqual([1, 2]);
});

test("a nap is nobody's business", async ({ machine, person, names: { ERIKA, FRANZ, GUSTAV } }) => {
  const laptop = await machine();
  const franz = await person(FRANZ, [ERIKA, GUSTAV]);
  const gustav = await person(GUSTAV, FRANZ);
  const erika = await person(ERIKA, FRANZ, { machine: laptop });
  await settled(erika, gustav, franz);
  laptop.sleep();
  await gustav.page.close();
  await franz.sees("Offline");
  await set(franz, 10);
  laptop.wake();
  await erika.sees("Busy");
  expect(await erika.recorder.shown("me")).toEqual([]);
  expect((await erika.recorder.shown(FRANZ)).at(-1)).toBe("busy");
  expect(await erika.recorder.told(FRANZ)).toEqual([10]);
  expect(await franz.recorder.shown(ERIKA)).toEqual([]);
});
