// What `cargo xtask test slow-examples`, or `--all`, runs of the examples.

import { defineConfig } from "@playwright/test";

import examples from "./playwright.config.js";

export default defineConfig({ ...examples, testIgnore: [], testMatch: "slow.spec.js", timeout: 120_000 });
