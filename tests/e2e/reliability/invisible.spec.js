// Whoever appears offline cannot be told from whoever left: not by what is shown, and not by any frame on the wire.

import { EMBEDDED, expect, set, settled, test } from "../support/people.js";

/** Collects what the engine tells a page of other people, frame by frame; before it is loaded. */
function tapped(into) {
  return async (page) => {
    page.on("websocket", (socket) =>
      socket.on("framereceived", ({ payload }) => {
        into.push(...(payload.startsWith("{") ? ofFrame(JSON.parse(payload)) : ofStanza(payload)));
      }),
    );
  };
}

/** Returns what a frame of the event stream says of whom, without at what time: the rest must be the same for all. */
function ofFrame(frame) {
  return [...(frame.changes ?? []), ...(frame.contacts ?? []), ...(frame.watched ?? [])].map(
    ({ name, friendlyName, since, ...rest }) => {
      const called = friendlyName === name ? "by name" : friendlyName;
      return { name, said: { type: frame.type, ...rest, called, since: typeof since } };
    },
  );
}

/** Returns the same of a stanza. Whom it comes from, a connection of theirs, ids and times are what is left out. */
function ofStanza(stanza) {
  const [, name] = /^<(?:presence|message|iq)\b[^>]*? from=['"]([^/'"]+)[/'"]/.exec(stanza) ?? [];
  const said = stanza.replaceAll(/ (?:from|to|id)=(['"]).*?\1/g, "").replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "then");
  return name ? [{ name, said }] : [];
}

/** Returns what was told of somebody. */
const told = (frames, who) => frames.filter(({ name }) => name === who).map(({ said }) => said);

/** Returns each thing that was told, once: a page that is still loading may ask about one person more often than another. */
const things = (said) => [...new Set(said.map((thing) => JSON.stringify(thing)))].sort();

/** Whether it says that somebody is there: neither UNKNOWN nor OFFLINE, or a presence of the kind that has no name. */
const isThere = (said) => (typeof said === "string" ? /^<presence(?![^>]* type=)/.test(said) : said.status > 1);

async function metrics(server) {
  return (await fetch(`${server.url}/metrics`)).text();
}

test("appearing offline, whatever one does then, looks like having left", async ({
  address,
  kind,
  person,
  names: { ERIKA, FRANZ, GUSTAV, HANNA },
}) => {
  const frames = [];
  // Known before, so that nobody need show themselves for it.
  await address(HANNA, [ERIKA, GUSTAV]);
  const franz = await person(FRANZ, [ERIKA, GUSTAV], { prepare: tapped(frames) });
  const erika = await person(ERIKA, FRANZ, { picker: 'idle-after="1" no-idle' });
  const gustav = await person(GUSTAV, FRANZ);
  await settled(franz, erika, gustav);
  // Until here a page may have asked about one of them more often than about the other.
  frames.length = 0;
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
  const before = told(frames, ERIKA).length;
  await set(erika, 6, { note: "Still not" });
  await erika.page.evaluate(() => document.querySelector("mi-my-status").removeAttribute("no-idle"));
  await erika.asked();
  await erika.page.mouse.move(5, 5);
  await erika.page.mouse.move(9, 9);
  await erika.page.reload();
  await erika.shows("Appear offline");
  await erika.page.goto("about:blank");
  await erika.page.goBack();
  await erika.shows("Appear offline");
  await erika.asked();
  await franz.asked();
  expect(told(frames, ERIKA).slice(before)).toEqual([]);

  // Whoever looks for the first time is told the same of both, too.
  const later = [];
  const hanna = await person(HANNA, [ERIKA, GUSTAV], { prepare: tapped(later) });
  await hanna.sees("Offline");
  await hanna.asked();
  expect(await hanna.recorder.shown(ERIKA)).toEqual(await hanna.recorder.shown(GUSTAV));
  // Prosody answers for who is gone, and not for who hides: no list of theirs can change that (docs/XMPP.md).
  if (kind !== "prosody") {
    expect(things(told(later, ERIKA))).toEqual(things(told(later, GUSTAV)));
  }

  // And back: one chooses to be seen again, the other signs in.
  await set(erika, 10, { note: "Reading" });
  await gustav.page.reload();
  await gustav.shows("Busy");
  await franz.sees("Busy");
  await franz.asked();
  expect(told(frames, ERIKA)).toEqual(told(frames, GUSTAV));
  expect(await franz.recorder.shown(ERIKA)).toEqual(await franz.recorder.shown(GUSTAV));
  expect(await franz.recorder.told(ERIKA)).toEqual(await franz.recorder.told(GUSTAV));
});

test("another device of somebody who appears offline does not give them away", async ({
  person,
  names: { ERIKA, FRANZ },
}) => {
  const frames = [];
  const franz = await person(FRANZ, ERIKA, { prepare: tapped(frames) });
  const erika = await person(ERIKA, FRANZ);
  await settled(franz, erika);
  await set(erika, 6);
  await franz.sees("Offline");
  expect(told(frames, ERIKA)).not.toEqual([]);
  const before = frames.length;
  const phone = await person(ERIKA, FRANZ);
  await phone.shows("Appear offline");
  await phone.page.close();
  await erika.asked();
  await franz.asked();
  expect(told(frames.slice(before), ERIKA)).toEqual([]);
});

test("metrics name nobody", EMBEDDED, async ({ person, server, names: { ERIKA, FRANZ } }) => {
  const erika = await person(ERIKA, FRANZ);
  await settled(erika);
  await set(erika, 6);
  const text = await metrics(server);
  expect(text).toContain("mistatus_connections ");
  expect(text).not.toMatch(/erika|franz|example\.com|invisible/i);
});

test("a break, a restart and coming back from idle show nobody who appears offline", async ({
  person,
  link,
  server,
  names: { ERIKA, FRANZ },
}) => {
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
  expect(told(frames, ERIKA).filter(isThere)).toEqual([]);
});
