// The applications of examples/ in Debian's Chromium against the real server of dist/. `cargo xtask test examples` builds
// them first.

import { defineConfig } from "@playwright/test";

import e2e from "../e2e/playwright.config.js";

export default defineConfig({
  testDir: ".",
  testIgnore: "slow.spec.js",
  outputDir: "../../test-results/examples",
  workers: 1,
  forbidOnly: e2e.forbidOnly,
  timeout: e2e.timeout,
  expect: e2e.expect,
  reporter: e2e.reporter,
  use: e2e.use,
});
