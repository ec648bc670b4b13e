// Measures a page of ours beside the same page in React with Fluent UI and one written by hand, in turn, in one run. Prints
// tables; asserts nothing about times, and fails where a candidate does not work. Run it by `cargo xtask bench page`, on a
// machine that does nothing else.

import { parseArgs } from "node:util";

import { serverWithTokens } from "../../e2e/support/jwt.js";
import { pause, startBrowser } from "./browser.js";
import { candidates } from "./candidates.js";
import { Crowd } from "./crowd.js";
import { first } from "./first.js";
import { Link, SLOW_4G } from "./link.js";
import { many } from "./many.js";
import { Site } from "./site.js";
import { bless, tables } from "./table.js";

const PEOPLE = 1_000;

// A browser that has just started is busy with itself.
const START_MS = 5_000;

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "7" }, bless: { type: "boolean", default: false } },
});
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) {
  throw new Error(`--rounds takes a number from 1, not ${values.rounds}`);
}

const site = await Site.start();
const link = await Link.start(site.port, SLOW_4G);
const chromium = await startBrowser();
try {
  await serverWithTokens([site.url, link.url], async (server) => {
    site.use(server);
    const crowd = await Crowd.of(server, PEOPLE);
    try {
      await measured({ chromium, site, link, crowd });
    } finally {
      crowd.stop();
    }
  });
} finally {
  await chromium.stop();
  await link.stop();
  await site.stop();
}

async function measured(setting) {
  const all = await candidates(site);
  const firsts = new Map(all.map((candidate) => [candidate, []]));
  const manys = new Map(all.filter(({ single }) => !single).map((candidate) => [candidate, []]));
  await pause(START_MS);
  // One view of each that does not count: the first of a browser starts more than the page.
  for (const candidate of all) {
    await first(setting, candidate);
  }
  for (const [measure, results] of [
    [first, firsts],
    [many, manys],
  ]) {
    for (let round = 1; round <= rounds; round += 1) {
      for (const [candidate, taken] of results) {
        console.error(`${measure.name}, round ${round} of ${rounds}: ${candidate.what}`);
        taken.push(await measure(setting, candidate));
      }
    }
  }
  const { product } = await chromium.send("Browser.getVersion");
  const text = tables(firsts, manys, { version: product.replace(/^.*\/(\d+).*$/, "$1"), rounds });
  console.log(text);
  if (values.bless) {
    await bless(text);
  }
}
