// The packed package as those see it who judge packages by rules: publint, and "Are the types wrong?".

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { tarball } from "../../examples/install.mjs";

const TOOLS = fileURLToPath(new URL("tools/node_modules/.bin/", import.meta.url));
const run = promisify(execFile);

/** What is no module and has no types. */
const FILES = [
  "./mistatus_bg.wasm",
  "./mistatus_panels.wasm",
  "./mistatus-xmpp_bg.wasm",
  "./mistatus-xmpp_panels.wasm",
  "./custom-elements.json",
  "./vscode.html-custom-data.json",
  "./web-types.json",
];

/**
 * @param {string} program
 * @param {string[]} options
 */
async function isContent(program, options) {
  await run(path.join(TOOLS, program), [await tarball(), ...options]).catch(({ stdout, stderr }) =>
    assert.fail(stdout + stderr),
  );
}

test("publint has nothing to say", () => isContent("publint", ["--strict"]));

test("the types of every entry are found, and right, however modules are resolved", () =>
  // The package is of ES modules only, and says so.
  isContent("attw", ["--no-color", "--ignore-rules", "cjs-resolves-to-esm", "--exclude-entrypoints", ...FILES]));
