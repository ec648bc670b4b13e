// Who is gone is offline, soon; who is not gone never is, not for a moment.

import { expect, settled, test } from "../support/people.js";

test("a reload is not a departure", async ({ person, names: { ERIKA, FRANZ, GUSTAV } }) => {
  const erika = await person(ERIKA, FRANZ);
  const gustav = await person(GUSTAV, FRANZ);
  const franz = await person(FRANZ, [ERIKA, GUSTAV]);
  await settled(erika, gustav, franz);
  await erika.page.reload();
  await erika.shows("Online");
  await gustav.page.close();
  // When Gustav is gone for good, Erika's damping time has been over for longer.
  await franz.sees("Offline");
  expect(await franz.recorder.shown(GUSTAV)).toEqual(["offline"]);
  expect(await franz.recorder.shown(ERIKA)).toEqual([]);
  expect(await franz.recorder.told(ERIKA)).toEqual([]);
});

test("a reload shows its user what was known, marked as such, and then what is true", async ({
  person,
  names: { ERIKA, FRANZ },
}) => {
  const franz = await person(FRANZ, ERIKA);
  const erika = await person(ERIKA, FRANZ);
  await settled(erika, franz);
  await franz.choose("Busy");
  await erika.sees("Busy");
  await erika.page.reload();
  erika.recorder.restart();
  await erika.sees("Busy");
  expect((await erika.recorder.shown(FRANZ)).filter((shown) => !["busy", "busy (stale)"].includes(shown))).toEqual([]);
});

test("closing the last page is a departure, said once", async ({ person, names: { ERIKA, FRANZ } }) => {
  const franz = await person(FRANZ, ERIKA);
  const erika = await person(ERIKA, FRANZ);
  await settled(erika, franz);
  await erika.page.close();
  await franz.sees("Offline");
  expect(await franz.recorder.shown(ERIKA)).toEqual(["offline"]);
  expect(await franz.recorder.told(ERIKA)).toEqual([1]);
});

test("a browser that is killed is a departure", async ({ machine, person, names: { ERIKA, FRANZ } }) => {
  const laptop = await machine();
  const franz = await person(FRANZ, ERIKA);
  const erika = await person(ERIKA, FRANZ, { machine: laptop });
  await settled(erika, franz);
  await laptop.crash();
  await franz.sees("Offline");
  expect(await franz.recorder.shown(ERIKA)).toEqual(["offline"]);
});

test("a computer that loses its network without a word is a departure", async ({
  machine,
  person,
  link,
  names: { ERIKA, FRANZ },
}) => {
  const laptop = await machine();
  const franz = await person(FRANZ, ERIKA);
  const erika = await person(ERIKA, FRANZ, { machine: laptop, stream: link.stream });
  await settled(erika, franz);
  link.swallow();
  await laptop.crash();
  await franz.sees("Offline", { timeout: 60_000 });
  expect(await franz.recorder.shown(ERIKA)).toEqual(["offline"]);
});
