// The installed package in the test runners of applications, whose documents lack much of what a browser has: it is imported
// there, and its elements behave without a connection.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { Folder } from "./install.js";

const TOOLS = fileURLToPath(new URL("tools/node_modules/", import.meta.url));
const run = promisify(execFile);

/** What an application's own test does: it draws elements, looks at them and takes them away. */
const SAMPLE = `
import { HRESULT, MISTATUS, connect, defineElements, isMessengerError } from "mistatus";
import "mistatus/define";
import "mistatus/legacy";
import * as xmpp from "mistatus/xmpp";

test("elements are there, and say nothing before anybody is connected", async () => {
  document.body.innerHTML =
    '<mi-my-status>…</mi-my-status><mi-status contact="bob@example.com" label="full">Bob</mi-status>' +
    '<mi-contact-list></mi-contact-list><mi-conversation contact="bob@example.com" open></mi-conversation>';
  await Promise.resolve();
  const element = document.querySelector("mi-status");
  expect(element.contact).toBe("bob@example.com");
  expect(element.status).toBe(MISTATUS.UNKNOWN);
  expect(element.getAttribute("status")).toBe("unknown");
  expect(element.textContent).toBe("Bob");
  element.contact = "carol@example.com";
  expect(element.getAttribute("contact")).toBe("carol@example.com");
  document.body.replaceChildren();
  await Promise.resolve();
  defineElements();
  expect(typeof xmpp.connect).toBe("function");
});

test("what cannot connect says so", async () => {
  const error = await connect({ server: "" }).catch((error) => error);
  expect(isMessengerError(error)).toBe(true);
  expect(error.number).toBe(HRESULT.E_INVALIDARG);
});
`;

/** @type {Folder} */
let folder;

before(async () => {
  folder = await Folder.start();
});

after(() => folder?.stop());

test("Jest with jsdom runs an application's tests", async () => {
  await folder.write("sample.test.js", SAMPLE);
  const config = { rootDir: folder.path, testEnvironment: path.join(TOOLS, "jest-environment-jsdom"), transform: {} };
  // Modules are an experiment for Jest; what it says about that goes to stderr.
  await passes(["--experimental-vm-modules", path.join(TOOLS, "jest/bin/jest.js"), "--config", JSON.stringify(config)]);
});

for (const environment of ["jsdom", "happy-dom"]) {
  test(`Vitest with ${environment} runs an application's tests`, async () => {
    await folder.write("sample.test.js", SAMPLE);
    const options = ["--environment", environment, "--globals", "--root", folder.path];
    await passes([path.join(TOOLS, "vitest/vitest.mjs"), "run", ...options]);
  });
}

/** @param {string[]} command */
async function passes(command) {
  const { stdout, stderr } = await run(process.execPath, command, { cwd: path.join(TOOLS, "..") }).catch((failure) =>
    assert.fail(`${failure.stdout}\n${failure.stderr}`),
  );
  assert.match(stdout + stderr, /2 passed/);
}
