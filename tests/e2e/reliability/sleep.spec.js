// A computer sleeps: its browser's processes are stopped. Others are told that its user is gone; on waking, nothing is
// shown as today's that was yesterday's.

import { ERIKA, expect, FRANZ, GUSTAV, set, settled, test } from "../support/people.js";

test("a laptop's sleep shows nobody anything untrue", async ({ machine, person }) => {
  const laptop = await machine();
  const franz = await person(FRANZ, ERIKA);
  const erika = await person(ERIKA, FRANZ, { machine: laptop });
  await settled(erika, franz);
  laptop.sleep();
  await set(franz, 10);
  await franz.sees("Offline", { timeout: 60_000 });
  await set(franz, 34);
  laptop.wake();
  await erika.sees("Away", { timeout: 60_000 });
  await franz.sees("Online");
  // What was on the screen when it slept is marked before it is replaced; Busy was true only while nobody looked.
  expect((await erika.recorder.shown(FRANZ))[0]).toMatch(/ \(stale\)$/);
  expect(await erika.recorder.believed(FRANZ)).toEqual(["away"]);
  expect(await franz.recorder.shown(ERIKA)).toEqual(["offline", "online"]);
  expect(await franz.recorder.told(ERIKA)).toEqual([1, 2]);
});

test("a nap is nobody's business", async ({ machine, person }) => {
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
