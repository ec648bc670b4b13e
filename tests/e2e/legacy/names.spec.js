// The tables of the shim against the table of the specification; no browser is needed.

import { readFile } from "node:fs/promises";

import { expect, test } from "@playwright/test";

import { Enumerator, VBArray } from "../../../www/js/legacy/com-types.js";
import { EVENTS, METHODS, PROPERTIES } from "../../../www/js/legacy/names.js";
import { objectOf } from "../../../www/js/legacy/prog-ids.js";
import { folded, nameNumber } from "../../../www/js/legacy/statuses.js";

const table = JSON.parse(await readFile(new URL("../../spec/automation-api.json", import.meta.url), "utf8"));
const value = (name) => table.mistatus.find((row) => row.name === `MISTATUS_${name}`).value;

test("every documented member is known by its name and kind", () => {
  const kinds = { event: new Set(), method: new Set(), property: new Set() };
  for (const { name, members } of table.interfaces) {
    for (const member of name === "Name.NameCtrl" || name === "IMessengerPrivate" ? [] : members) {
      kinds[member.args && member.kind === "property" ? "method" : member.kind].add(member.name);
    }
  }
  kinds.property.delete("_NewEnum");
  // The table gives this one no argument; its row does.
  if (kinds.property.delete("MyProperty")) {
    kinds.method.add("MyProperty");
  }
  expect([...EVENTS]).toEqual([...kinds.event].sort());
  expect([...METHODS]).toEqual([...kinds.method].sort());
  expect([...PROPERTIES]).toEqual([...kinds.property].sort());
});

for (const [status, number] of Object.entries({
  ONLINE: 0,
  OFFLINE: 1,
  INVISIBLE: 1,
  UNKNOWN: 1,
  AWAY: 2,
  BUSY: 3,
  BE_RIGHT_BACK: 4,
  ON_THE_PHONE: 5,
  OUT_TO_LUNCH: 6,
  IN_A_MEETING: 7,
  OUT_OF_OFFICE: 8,
  DO_NOT_DISTURB: 9,
  ALLOW_URGENT_INTERRUPTIONS: 9,
  IN_A_CONFERENCE: 10,
  IDLE: 16,
  MAY_BE_AVAILABLE: 16,
  CUSTOM: 0,
  LOCAL_CONNECTING_TO_SERVER: 1,
})) {
  test(`the name control tells ${status} as ${number}`, () => {
    expect(nameNumber(value(status))).toBe(number);
  });
}

for (const [status, number] of Object.entries({
  ONLINE: 11,
  OFFLINE: 12,
  AWAY: 13,
  BUSY: 14,
  DO_NOT_DISTURB: 15,
  IDLE: 17,
})) {
  test(`the name control tells ${status} with an out-of-office text as ${number}`, () => {
    expect(nameNumber(value(status), { outOfOffice: true })).toBe(number);
  });
}

test("the name control tells who is blocked, and who is busy and idle", () => {
  expect(nameNumber(value("BUSY"), { blocked: true, outOfOffice: true })).toBe(18);
  expect(nameNumber(value("BUSY"), { availability: 7500 })).toBe(19);
  expect(nameNumber(value("BUSY"), { availability: 7500, outOfOffice: true })).toBe(20);
  expect(nameNumber(value("BUSY"), { availability: 6500 })).toBe(3);
});

test("pages for Messenger are told only the statuses that it had", () => {
  const known = table.mistatus.filter(({ source }) => source === "WM+OC").map((row) => row.value);
  for (const row of table.mistatus) {
    expect(known).toContain(folded(row.value));
  }
  expect(folded(value("DO_NOT_DISTURB"))).toBe(value("BUSY"));
  expect(folded(value("IDLE"))).toBe(value("IDLE"));
});

test("ProgIDs are known in any letter case, with and without a version", () => {
  for (const name of table.ids.progids) {
    expect(objectOf(name.toUpperCase())).toBe(objectOf(name));
    expect(objectOf(name)).toBeDefined();
  }
  expect(objectOf("Communicator.UIAutomation.1")).toBeDefined();
  for (const other of ["Microsoft.XMLHTTP", "Messenger.UIAutomation.2", "", "constructor"]) {
    expect(objectOf(other)).toBeUndefined();
  }
});

test("an Enumerator goes through a copy", () => {
  const people = ["erika", "gustav"];
  const seen = [];
  const all = new Enumerator(people);
  for (people.push("late"); !all.atEnd(); all.moveNext()) {
    seen.push(all.item());
  }
  all.moveFirst();
  expect([...seen, all.item()]).toEqual(["erika", "gustav", "erika"]);
  expect(new Enumerator().atEnd()).toBe(true);
});

test("a VBArray reads an array and refuses everything else", () => {
  const array = new VBArray([7, 8]);
  expect([array.lbound(), array.ubound(), array.dimensions(), array.getItem(1), array.toArray()]).toEqual([
    0,
    1,
    1,
    8,
    [7, 8],
  ]);
  expect(() => array.getItem(2)).toThrow("Subscript out of range");
  expect(() => new VBArray({})).toThrow("VBArray expected");
});
