// A thousand dots on one page, over no network to speak of: how long until all are live, what one change costs, and how
// the page bears a thousand changes a second, seen and in a tab that is not.

import { before, inFreshContext, metrics, openTab, pause, until, view } from "./browser.js";
import { CHOSEN } from "./crowd.js";
import { probe } from "./probe.js";

const REST_MS = 1_000;

// So far apart that each change has a frame of its own.
const CHANGES = 50;
const APART_MS = 50;

const PER_SECOND = 1_000;
const STEADY_MS = 10_000;

export async function many({ chromium, site, crowd }, { what, seen, page }) {
  await crowd.settle();
  const url = site.url + site.put("many.html", page(crowd.people));
  return inFreshContext(chromium, async (tab, context) => {
    await before(tab, probe(seen, crowd.people.length, CHOSEN));
    await before(tab, `(${keepMemory})()`);
    const { live } = await view(tab, url, what);
    await pause(REST_MS);
    const change = await spent(tab, () => apart(crowd));
    await settled(tab, crowd, what);
    const { JSHeapUsedSize, Nodes } = await collected(tab);
    const memory = await tab.evaluate("bench.memory?.buffer.byteLength ?? 0");
    await tab.evaluate("bench.count()");
    const whenSeen = await spent(tab, () => crowd.changes(PER_SECOND, STEADY_MS));
    const dropped = await tab.evaluate("bench.dropped()");
    await settled(tab, crowd, what);
    await openTab(chromium, context);
    await until(tab, `document.visibilityState === "hidden"`, "the tab behind another one was not hidden");
    const whenHidden = await spent(tab, () => crowd.changes(PER_SECOND, STEADY_MS));
    await tab.activate();
    await settled(tab, crowd, what);
    return {
      live,
      change: (change.task * 1_000) / CHANGES,
      // Milliseconds of each second.
      script: (whenSeen.script * 1e6) / STEADY_MS,
      task: (whenSeen.task * 1e6) / STEADY_MS,
      dropped,
      hiddenScript: (whenHidden.script * 1e6) / STEADY_MS,
      hiddenTask: (whenHidden.task * 1e6) / STEADY_MS,
      rate: Math.min(whenSeen.rate, whenHidden.rate),
      nodes: Nodes,
      heap: JSHeapUsedSize / 1e6,
      memory: memory / 1e6,
    };
  });
}

async function apart(crowd) {
  for (let at = 0; at < CHANGES; at += 1) {
    crowd.change(at);
    await pause(APART_MS);
  }
}

/** Waits until the page shows again what everybody has chosen: it has lost nothing. */
async function settled(tab, crowd, what) {
  await crowd.settle();
  await until(tab, "bench.allLive()", `${what} has not shown all that changed`);
  await pause(REST_MS);
}

/** Returns how many seconds the page's main thread was busy meanwhile, and with script, and what was done meanwhile. */
async function spent(tab, act) {
  const before = await metrics(tab);
  const rate = await act();
  const after = await metrics(tab);
  return { task: after.TaskDuration - before.TaskDuration, script: after.ScriptDuration - before.ScriptDuration, rate };
}

async function collected(tab) {
  await tab.send("HeapProfiler.collectGarbage");
  return metrics(tab);
}

/** Runs in the page: keeps hold of the memory of a WebAssembly, which the heap of JavaScript does not count. */
function keepMemory() {
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = async (...what) => {
    const made = await instantiate.apply(WebAssembly, what);
    const { exports } = made.instance ?? made;
    globalThis.bench.memory ??= Object.values(exports).find((value) => value instanceof WebAssembly.Memory);
    return made;
  };
}
