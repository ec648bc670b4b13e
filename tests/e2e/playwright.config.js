// End-to-end tests in Debian's Chromium against the real server of dist/, of their main part in its Firefox, and, of what must
// be so on every engine, against Prosody and ejabberd. Many of them keep a core busy: two files of a project go at a time, one
// with Firefox. Those of reliability wait most of the time, for others to be given up, and wait together.

import { defineConfig } from "@playwright/test";

/** What must be so on every engine, but for single tests that say otherwise (support/people.js). */
const EVERYWHERE = ["engines/*.spec.js", "idle.spec.js", "people.spec.js", "reliability/*.spec.js"];

/**
 * What people do all day, by keyboard and pointer, alone and in several tabs, on pages of today and on old ones. In minutes,
 * so without what scripts ask of scripts: the engine has no part in that.
 */
const MAIN = [
  "accessibility.spec.js",
  "avatar.spec.js",
  "claims.spec.js",
  "idle.spec.js",
  "layers.spec.js",
  "legacy/{examples,internet-explorer,person-card}.spec.js",
  "people.spec.js",
  "picker.spec.js",
  "tabs.spec.js",
  "two-people.spec.js",
];

/** Long ones, of what the session and the server decide, whatever the browser. */
const LONG =
  /that ever held it|connection is shared|hands is done once|one profile share|one user share|other one signed in|signs all out/;

const IN_THE_DARK = /in the dark (theme|scheme)/;

/** A mouse, fine and hovering, which Firefox does not see without a screen. */
const MOUSE = { "ui.primaryPointerCapabilities": 6, "ui.allPointerCapabilities": 6 };

const DARK = { "layout.css.prefers-color-scheme.content-override": 0 };

/** Debian's Firefox, by WebDriver BiDi. */
const firefox = (preferences) => ({
  browserName: "firefox",
  channel: "moz-firefox",
  launchOptions: {
    executablePath: process.env.FIREFOX || "/usr/bin/firefox-esr",
    firefoxUserPrefs: { ...MOUSE, ...preferences },
  },
});

const FIREFOX = { testMatch: MAIN, workers: 1, use: firefox() };

const WAITING = { fullyParallel: true, timeout: 180_000, expect: { timeout: 30_000 } };

export default defineConfig({
  testDir: ".",
  outputDir: "../../test-results/e2e",
  workers: 5,
  projects: [
    { name: "pages", testIgnore: ["reliability/**", "engines/**"], workers: 2 },
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
    // Without the tests of dark themes: Firefox does not take the theme from its driver.
    { ...FIREFOX, name: "firefox", grepInvert: [/@chromium/, IN_THE_DARK, LONG] },
    { ...FIREFOX, name: "firefox-dark", grep: IN_THE_DARK, use: firefox(DARK) },
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
