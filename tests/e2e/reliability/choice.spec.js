// What somebody chose: status, note and end are one, and the end comes whoever is connected.

import { expect, set, settled, test } from "../support/people.js";

const noteOf = (tab, who) => tab.page.evaluate((who) => window.mistatus.messenger.explain(who)?.note ?? null, who);

test("status and note arrive as one, and go as one", async ({ person, names: { ERIKA, FRANZ } }) => {
  const franz = await person(FRANZ, ERIKA);
  const erika = await person(ERIKA, FRANZ);
  await settled(franz, erika);
  await franz.sees("Online");
  await franz.page.evaluate((who) => {
    window.changes = [];
    addEventListener("mi-status-change", ({ detail: { status } }) => {
      window.changes.push([status, window.mistatus.messenger.explain(who).note]);
    });
  }, ERIKA);
  await set(erika, 10, { note: "Reading" });
  await set(erika, 34, { note: "Out for bread" });
  await set(erika, 2);
  await franz.sees("Online");
  await expect
    .poll(() => franz.page.evaluate(() => window.changes))
    .toEqual([
      [10, "Reading"],
      [34, "Out for bread"],
      [2, null],
    ]);
  expect(await noteOf(franz, ERIKA)).toBe(null);
});

test("clearing returns to what is found out", async ({ person, names: { ERIKA, FRANZ } }) => {
  const franz = await person(FRANZ, ERIKA);
  const erika = await person(ERIKA, FRANZ);
  await settled(franz, erika);
  await set(erika, 10, { note: "Reading", until: Date.now() + 3_600_000 });
  await franz.sees("Busy");
  await erika.page.evaluate(() => window.mistatus.messenger.clearMyStatus());
  await franz.sees("Online");
  expect(await noteOf(franz, ERIKA)).toBe(null);
});

test("an end is met on time while its user is there", async ({ person, names: { ERIKA, FRANZ } }) => {
  const franz = await person(FRANZ, ERIKA);
  const erika = await person(ERIKA, FRANZ);
  await settled(franz, erika);
  await set(erika, 10, { note: "Reading", until: Date.now() + 6_000 });
  await franz.sees("Online");
  await erika.shows("Online");
  expect(await franz.recorder.told(ERIKA)).toEqual([10, 2]);
  expect(await noteOf(franz, ERIKA)).toBe(null);
});

test("an end is met while nobody is connected and the server is down", async ({
  person,
  server,
  names: { ERIKA, FRANZ },
}) => {
  const erika = await person(ERIKA, FRANZ);
  await settled(erika);
  const until = Date.now() + 10_000;
  await set(erika, 10, { note: "Reading", until });
  await erika.shows("Busy");
  await erika.page.close();
  await server.kill();
  await expect.poll(() => Date.now()).toBeGreaterThan(until);
  await server.restart();
  const franz = await person(FRANZ, ERIKA);
  const again = await person(ERIKA, FRANZ);
  await again.shows("Online");
  await franz.sees("Online");
  expect(await noteOf(franz, ERIKA)).toBe(null);
  expect(await franz.recorder.shown(ERIKA)).not.toContain("busy");
});
