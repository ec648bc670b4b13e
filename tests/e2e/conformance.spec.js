// Every member of the automation API against its table: its shape, what it answers at each level of trust, what it is
// for, and each documented error on its documented condition. The cases run in the page; see tests/spec/conformance.

import { readFile } from "node:fs/promises";
import path from "node:path";

import { reference } from "../spec/reference.js";
import { conform, ROOT, table } from "./support/conformance.js";
import { expect, test } from "./support/test.js";

test("each of the 119 members is as documented", async ({ page, host, server }) => {
  test.setTimeout(180_000);
  const { count, wrong, elsewhere } = await conform(page, host, {
    options: { server: server.stream },
    patience: 20_000,
  });
  expect(count).toBe(119);
  expect(wrong).toEqual([]);
  expect(elsewhere).toHaveLength(6);
});

test("what cases leave to other tests is tried there", async () => {
  const { cases } = await import("../spec/conformance/cases.js");
  for (const [member, { elsewhere }] of Object.entries(cases)) {
    if (elsewhere) {
      const text = await readFile(path.join(ROOT, elsewhere), "utf8");
      expect(text, `${elsewhere} has ${member}`).toContain(member.split(".").at(-1));
    }
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
