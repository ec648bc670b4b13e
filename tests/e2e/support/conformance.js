// Runs the cases of tests/spec/conformance in a page, against whatever engine its connections go to.

import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

export const table = JSON.parse(await readFile(path.join(ROOT, "tests/spec/automation-api.json"), "utf8"));

/**
 * Goes through the whole table and returns what is wrong, a line each. `options` are those of every connection, `names`
 * says how people are called, and `register` makes an account and returns its secret.
 */
export async function conform(page, host, { options, names, register, patience }) {
  for (const name of ["harness.js", "cases.js", "world.js"]) {
    host.file(`conformance/${name}`, await readFile(path.join(ROOT, "tests/spec/conformance", name), "utf8"));
  }
  await page.exposeFunction("register", register ?? (() => undefined));
  await page.goto(host.page("<p>Conformance</p>", { head: `<script src="${host.url}/widget/mistatus.js"></script>` }));
  return page.evaluate(
    async ({ table, harness, names, ...how }) => {
      globalThis.CONFORMANCE = names;
      const { register } = window;
      return (await import(harness)).run(table, { ...how, register });
    },
    { table, options, names, patience, harness: `${host.url}/conformance/harness.js` },
  );
}
