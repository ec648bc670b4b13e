// End-to-end tests in Debian's Chromium against the real server of dist/. Most of them keep a machine of two cores busy
// and go one by one; those of reliability wait most of the time, for others to be given up, and wait together.

import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: ".",
  outputDir: "../../test-results/e2e",
  workers: 5,
  projects: [
    { name: "pages", testIgnore: ["reliability/**", "engines/**"], workers: 1 },
    // Each engine in a worker of its own, which keeps it running.
    { name: "engines", testMatch: "engines/*.spec.js", workers: 3, timeout: 120_000, expect: { timeout: 30_000 } },
    {
      name: "reliability",
      testMatch: "reliability/**",
      workers: 4,
      fullyParallel: true,
      timeout: 180_000,
      expect: { timeout: 30_000 },
    },
  ],
  forbidOnly: Boolean(process.env.CI),
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  use: {
    browserName: "chromium",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
