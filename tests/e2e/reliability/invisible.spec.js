// Whoever appears offline cannot be told from whoever left: not by what is shown, and not by any frame on the wire.

import { ERIKA, expect, FRANZ, GUSTAV, set, settled, test } from "../support/people.js";
import { Tab } from "../support/tab.js";

/** Collects what the server tells a page of other people, frame by frame; before it is loaded. */
function tapped(into) {
  return async (page) => {
    page.on("websocket", (socket) =>
      socket.on("framereceived", ({ payload }) => {
        const frame = JSON.parse(payload);
        for (const contact of [...(frame.changes ?? []), ...(frame.contacts ?? []), ...(frame.watched ?? [])]) {
          into.push({ type: frame.type, ...contact });
        }
      }),
    );
  };
}

/** Returns what was told of somebody, without who it is and at what time: what is left must be the same for both. */
function told(frames, who) {
  const anonymous = ({ name, friendlyName, ...rest }) =>
    Object.fromEntries(
      Object.entries({ ...rest, shown: friendlyName === name ? "by name" : friendlyName }).map(([field, value]) => [
        field,
        field === "since" ? typeof value : value,
      ]),
    );
  return frames.filter(({ name }) => name === who).map(anonymous);
}

async function metrics(server) {
  return (await fetch(`${server.url}/metrics`)).text();
}

test("appearing offline, whatever one does then, looks like having left", async ({ address, person, server }) => {
  const frames = [];
  const franz = await person(FRANZ, [ERIKA, GUSTAV], { prepare: tapped(frames) });
  const erika = await person(ERIKA, FRANZ, { picker: 'idle-after="1" no-idle' });
  const gustav = await person(GUSTAV, FRANZ);
  await settled(franz, erika, gustav);
  for (const tab of [erika, gustav]) {
    await set(tab, 10, { note: "Reading" });
  }
  // One goes, the other one says so.
  await set(erika, 6, { note: "Not for you", until: Date.now() + 3_600_000 });
  await gustav.page.evaluate(() => window.mistatus.messenger.Signout());
  await franz.sees("Offline");
  await franz.asked();
  expect(told(frames, ERIKA)).toEqual(told(frames, GUSTAV));

  // What somebody does who is there.
  const before = frames.length;
  await set(erika, 6, { note: "Still not" });
  await erika.page.evaluate(() => document.querySelector("mi-my-status").removeAttribute("no-idle"));
  await erika.asked();
  await erika.page.mouse.move(5, 5);
  await erika.page.mouse.move(9, 9);
  const phone = await Tab.open(await erika.page.context().browser().newContext(), address(ERIKA, FRANZ));
  await phone.shows("Appear offline");
  await erika.page.reload();
  await erika.shows("Appear offline");
  await phone.page.context().close();
  await erika.page.goto("about:blank");
  await erika.page.goBack();
  await erika.shows("Appear offline");
  await erika.asked();
  await franz.asked();
  expect(frames.slice(before)).toEqual([]);

  // Whoever looks for the first time is told the same of both, too.
  const later = [];
  const hanna = await person("hanna@example.com", [ERIKA, GUSTAV], { prepare: tapped(later) });
  await hanna.sees("Offline");
  await hanna.asked();
  expect(told(later, ERIKA)).toEqual(told(later, GUSTAV));

  // And back: one chooses to be seen again, the other signs in.
  await set(erika, 10, { note: "Reading" });
  await gustav.page.reload();
  await gustav.shows("Busy");
  await franz.sees("Busy");
  await franz.asked();
  expect(told(frames, ERIKA)).toEqual(told(frames, GUSTAV));
  expect(await franz.recorder.shown(ERIKA)).toEqual(await franz.recorder.shown(GUSTAV));
  expect(await franz.recorder.told(ERIKA)).toEqual(await franz.recorder.told(GUSTAV));

  const text = await metrics(server);
  expect(text).toContain("mistatus_connections ");
  expect(text).not.toMatch(/erika|gustav|franz|example\.com|invisible/i);
});

test("a break, a restart and coming back from idle show nobody who appears offline", async ({ person, link, server }) => {
  const frames = [];
  const erika = await person(ERIKA, FRANZ, { picker: 'idle-after="1"', stream: link.stream });
  await erika.shows("Idle");
  await set(erika, 6);
  const franz = await person(FRANZ, ERIKA, { prepare: tapped(frames) });
  await franz.sees("Offline");
  await franz.asked();
  await franz.recorder.forget();
  link.cut();
  await erika.shows("Appear offline");
  await erika.page.mouse.move(5, 5);
  await server.kill();
  await franz.sees("Offline (last known)");
  await server.restart();
  await erika.shows("Appear offline", { timeout: 60_000 });
  await franz.sees("Offline", { timeout: 60_000 });
  await erika.page.mouse.move(9, 9);
  await erika.asked();
  await franz.asked();
  expect(await franz.recorder.shown(ERIKA)).toEqual(["offline (stale)", "offline"]);
  expect(await franz.recorder.told(ERIKA)).toEqual([]);
  // The server itself says nothing but these two while it settles.
  expect([...new Set(told(frames, ERIKA).map(({ status }) => status))].sort()).toEqual([0, 1]);
});
