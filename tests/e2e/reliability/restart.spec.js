// The server ends, suddenly or politely, or stands still: whoever stayed is never shown as gone, whoever left is, and
// what was confirmed is there.

import { EMBEDDED, expect, set, settled, test } from "../support/people.js";
import { setVisible } from "../support/visibility.js";

const RETURN = { timeout: 60_000 };

for (const [how, end, where] of [
  ["killed", (server) => server.kill(), {}],
  // XMPP services say of everybody that they are gone before they stop.
  ["stopped politely", (server) => server.end(), EMBEDDED],
]) {
  test(
    `a server that is ${how} and started again shows nobody anything untrue`,
    where,
    async ({ person, server, names: { ERIKA, FRANZ, GUSTAV } }) => {
      const franz = await person(FRANZ, [GUSTAV, ERIKA]);
      const erika = await person(ERIKA, [GUSTAV, FRANZ]);
      const gustav = await person(GUSTAV, FRANZ);
      await settled(erika, franz, gustav);
      await gustav.page.evaluate(() => window.mistatus.messenger.Signout());
      await set(erika, 10, { note: "Reading" });
      await franz.sees("Busy");
      for (const tab of [erika, franz]) {
        await expect(tab.page.getByRole("img").first()).toHaveAccessibleName("Offline");
      }
      for (const tab of [erika, franz]) {
        await tab.asked();
        await tab.recorder.forget();
      }
      await end(server);
      await erika.sees("Online (last known)");
      await franz.sees("Busy (last known)");
      await server.restart();
      // However long it took: whoever looks comes back at once, before those who are not back count as gone.
      await Promise.all([erika, franz].map(({ page }) => setVisible(page, true)));
      await erika.sees("Online", RETURN);
      await franz.sees("Busy", RETURN);
      // That Gustav is not coming back is known when everybody has had the time to.
      for (const tab of [erika, franz]) {
        await expect(tab.page.getByRole("img").first()).toHaveAccessibleName("Offline", RETURN);
        expect(await tab.recorder.shown(GUSTAV)).toEqual(["offline (stale)", "offline"]);
        expect(await tab.recorder.told(GUSTAV)).toEqual([]);
      }
      expect(await erika.recorder.shown(FRANZ)).toEqual(["online (stale)", "online"]);
      expect(await franz.recorder.shown(ERIKA)).toEqual(["busy (stale)", "busy"]);
      expect(await erika.recorder.told(FRANZ)).toEqual([]);
      expect(await franz.recorder.told(ERIKA)).toEqual([]);
      await erika.shows("Busy");
    },
  );
}

test("whoever left while the server was down is offline once it has settled, and not before", async ({
  person,
  server,
  names: { ERIKA, FRANZ },
}) => {
  const franz = await person(FRANZ, ERIKA);
  const erika = await person(ERIKA, FRANZ);
  await settled(erika, franz);
  await server.kill();
  await franz.sees("Online (last known)");
  await erika.page.close();
  await server.restart();
  await franz.sees("Offline", RETURN);
  expect(await franz.recorder.shown(ERIKA)).toEqual(["online (stale)", "offline"]);
  expect(await franz.recorder.told(ERIKA)).toEqual([1]);
});

test("what was confirmed in the moment before the server was killed is there", async ({
  person,
  server,
  names: { ERIKA, FRANZ },
}) => {
  const erika = await person(ERIKA, FRANZ);
  await settled(erika);
  for (const [status, name] of [
    [10, "Busy"],
    [66, "Out to lunch"],
    [114, "Do not disturb"],
  ]) {
    await set(erika, status, { note: name });
    await server.kill();
    await server.restart();
    const other = await person(ERIKA, FRANZ);
    await other.shows(name);
    // What a page shows in a short break says nothing of its connection.
    await expect.poll(() => erika.isAnswered(), RETURN).toBe(true);
    await erika.shows(name, RETURN);
    await other.page.close();
  }
});

test("a server that stood still calls nobody gone", async ({ person, server, names: { ERIKA, FRANZ } }) => {
  const franz = await person(FRANZ, ERIKA);
  const erika = await person(ERIKA, FRANZ);
  await settled(erika, franz);
  server.freeze();
  await franz.sees("Online (last known)", RETURN);
  await erika.sees("Online (last known)", RETURN);
  server.thaw();
  await franz.sees("Online", RETURN);
  await erika.sees("Online", RETURN);
  await franz.asked();
  await erika.asked();
  for (const [tab, who] of [
    [franz, ERIKA],
    [erika, FRANZ],
  ]) {
    expect(await tab.recorder.shown(who)).toEqual(["online (stale)", "online"]);
    expect(await tab.recorder.told(who)).toEqual([]);
  }
});
