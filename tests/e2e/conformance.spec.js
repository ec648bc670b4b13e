// Every member of the automation API against its table: its shape, what it answers at each level of trust, what it is
// for, and each documented error on its documented condition. The cases run in the page; see tests/spec/conformance.

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { reference } from "../spec/reference.js";
import { expect, test } from "./support/test.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const table = JSON.parse(await readFile(path.join(ROOT, "tests/spec/automation-api.json"), "utf8"));

/** What is known not to be as documented, and why. What is listed here and turns out right fails too. */
const KNOWN = [];

/** Tests that cases name and that are not there yet, and why. */
const MISSING = { "tests/e2e/legacy.spec.js": "the shim for old pages is not built yet" };

test("each of the 119 members is as documented", async ({ page, host, server }) => {
  test.setTimeout(180_000);
  for (const name of ["harness.js", "cases.js", "world.js"]) {
    host.file(`conformance/${name}`, await readFile(path.join(ROOT, "tests/spec/conformance", name), "utf8"));
  }
  await page.goto(host.page("<p>Conformance</p>", { head: `<script src="${host.url}/widget/mistatus.js"></script>` }));
  const { count, wrong, elsewhere } = await page.evaluate(
    async ({ table, stream, harness }) => (await import(harness)).run(table, { stream }),
    { table, stream: server.stream, harness: `${host.url}/conformance/harness.js` },
  );
  expect(count).toBe(119);
  expect(wrong.filter((line) => !KNOWN.some(([pattern]) => pattern.test(line)))).toEqual([]);
  expect(KNOWN.filter(([pattern]) => !wrong.some((line) => pattern.test(line))), "turned out right").toEqual([]);
  expect(elsewhere).toHaveLength(6);
});

test("what cases leave to other tests is there, or known to be missing", async () => {
  const { cases } = await import("../spec/conformance/cases.js");
  const named = new Set(Object.values(cases).map(({ elsewhere }) => elsewhere).filter(Boolean));
  for (const file of named) {
    expect(existsSync(path.join(ROOT, file)), file).toBe(!Object.hasOwn(MISSING, file));
  }
});

test("docs/AUTOMATION-API.md says what the table says", async () => {
  const file = path.join(ROOT, "docs/AUTOMATION-API.md");
  if (process.env.BLESS) {
    const { writeFile } = await import("node:fs/promises");
    await writeFile(file, reference(table));
  }
  expect(await readFile(file, "utf8"), "run it with BLESS=1").toBe(reference(table));
});
