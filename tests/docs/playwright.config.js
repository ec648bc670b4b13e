// The site of the documentation in Debian's Chromium, under a strict policy, with the real server of dist/ for its examples.
// `cargo xtask test docs` builds the site first.

import { defineConfig } from "@playwright/test";

import e2e from "../e2e/playwright.config.js";

export default defineConfig({
  testDir: ".",
  outputDir: "../../test-results/docs",
  workers: 1,
  forbidOnly: e2e.forbidOnly,
  timeout: e2e.timeout,
  expect: e2e.expect,
  reporter: e2e.reporter,
  use: e2e.use,
});
