// End-to-end tests in Debian's Chromium against the real server of dist/, and, of what must be so on every engine, against
// Prosody and ejabberd. Most of them keep a machine of two cores busy and go one by one; those of reliability wait most
// of the time, for others to be given up, and wait together.

import { defineConfig } from "@playwright/test";

/** What must be so on every engine, but for single tests that say otherwise (support/people.js). */
const EVERYWHERE = ["engines/*.spec.js", "idle.spec.js", "people.spec.js", "reliability/*.spec.js"];

const WAITING = { fullyParallel: true, timeout: 180_000, expect: { timeout: 30_000 } };

export default defineConfig({
  testDir: ".",
  outputDir: "../../test-results/e2e",
  workers: 4,
  projects: [
    { name: "pages", testIgnore: ["reliability/**", "engines/**"], workers: 1 },
    { name: "reliability", testMatch: ["reliability/*.spec.js", "engines/*.spec.js"], workers: 4, ...WAITING },
    // Each worker keeps a service of its own running.
    ...["prosody", "ejabberd"].map((kind) => ({
      name: kind,
      testMatch: [...EVERYWHERE, "engines/xmpp/*.spec.js"],
      grepInvert: /@embedded/,
      workers: 2,
      ...WAITING,
      expect: { timeout: 60_000 },
      use: { kind },
    })),
    { name: "cluster", testMatch: "engines/cluster/*.spec.js", ...WAITING, use: { kind: "ejabberd-cluster" } },
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
