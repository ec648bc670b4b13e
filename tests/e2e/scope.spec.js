// The registry of messengers by itself, in Node: it needs no page.

import { expect, test } from "@playwright/test";

import { Scope } from "../../www/js/elements/registry.js";

test("an element that cannot be drawn is reported, and the others have their messenger", async () => {
  const reported = [];
  globalThis.reportError = (error) => reported.push(error.message);
  const messenger = { close() {} };
  const scope = new Scope(async () => messenger);
  const told = [];
  scope.subscribe((given) => {
    if (given) {
      throw new Error("cannot be drawn");
    }
  });
  scope.subscribe((given, error) => told.push([given, error]));
  expect(await scope.open()).toBe(messenger);
  expect(reported).toEqual(["cannot be drawn"]);
  expect(told).toEqual([
    [null, null],
    [messenger, null],
  ]);
  expect([scope.messenger, scope.error]).toEqual([messenger, null]);
  delete globalThis.reportError;
});
