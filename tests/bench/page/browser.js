// Pages of the benchmark in a Chromium that nothing else watches, each in a context of its own: an empty cache, and no
// storage of anybody before.

import { BareTab, Chromium } from "../../e2e/support/chromium.js";

const SIZE = { width: 1280, height: 900, deviceScaleFactor: 1, mobile: false };
const LOOK_MS = 200;

// Longer than any candidate takes on a slow machine: one that is not live by then does not work.
const PATIENCE_MS = 30_000;

export async function startBrowser() {
  return Chromium.start({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
    ],
  });
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Opens an empty tab in a context of its own, lets it be used, and closes both. */
export async function inFreshContext(chromium, use) {
  const { browserContextId } = await chromium.send("Target.createBrowserContext");
  try {
    return await use(await openTab(chromium, browserContextId), browserContextId);
  } finally {
    await chromium.send("Target.disposeBrowserContext", { browserContextId });
  }
}

/** Opens one more tab of a context, in front of the others. */
export async function openTab(chromium, browserContextId) {
  const { targetId } = await chromium.send("Target.createTarget", { url: "about:blank", browserContextId });
  const { sessionId } = await chromium.send("Target.attachToTarget", { targetId, flatten: true });
  const tab = new BareTab(chromium, targetId, sessionId);
  await tab.send("Page.enable");
  await tab.send("Performance.enable");
  await tab.send("Emulation.setDeviceMetricsOverride", SIZE);
  return tab;
}

/** Runs a script in every page of a tab, before anything of the page. */
export const before = (tab, source) => tab.send("Page.addScriptToEvaluateOnNewDocument", { source });

/** Opens a page and returns what the probe noted once all its dots are live. */
export async function view(tab, url, what) {
  await tab.send("Page.navigate", { url });
  await until(
    tab,
    `location.href === ${JSON.stringify(url)} && globalThis.bench?.live`,
    `${what} has shown no live dot`,
  );
  return JSON.parse(await tab.evaluate("JSON.stringify(bench)"));
}

/** Waits until an expression of the page is true; looks rarely, since looking takes time of the page. */
export async function until(tab, expression, otherwise) {
  const end = performance.now() + PATIENCE_MS;
  // While one page takes the place of another, neither answers.
  while (!(await tab.evaluate(`Boolean(${expression})`).catch(() => false))) {
    if (performance.now() > end) {
      throw new Error(`${otherwise} within ${PATIENCE_MS / 1_000} s`);
    }
    await pause(LOOK_MS);
  }
}

/** Returns what Chromium counts of a page, times in seconds. */
export async function metrics(tab) {
  const { metrics } = await tab.send("Performance.getMetrics");
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}
