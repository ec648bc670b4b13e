// The site of the documentation in Debian's Chromium, under a strict policy, with the real server of dist/ for its examples.
// `cargo xtask test docs` builds the site first.

import { defineConfig } from "@playwright/test";

import examples from "../examples/playwright.config.js";

export default defineConfig({ ...examples, testIgnore: [], outputDir: "../../test-results/docs" });
