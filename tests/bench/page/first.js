// The first dot of a page over a slow network on a slow processor: with an empty cache, and on the second view.

import { before, inFreshContext, pause, view } from "./browser.js";
import { CHOSEN } from "./crowd.js";
import { probe } from "./probe.js";

const SLOWDOWN = 4;

// Until what follows the live dot is through: the rest of the frames, and shifts of the layout.
const SETTLE_MS = 500;

/** Views a page with one person twice; returns what was measured of each view. */
export async function first({ chromium, site, link, crowd }, { what, seen, page }) {
  const url = link.url + site.put("first.html", page(crowd.people.slice(0, 1)));
  return inFreshContext(chromium, async (tab) => {
    await before(tab, probe(seen, 1, CHOSEN));
    await tab.send("Emulation.setCPUThrottlingRate", { rate: SLOWDOWN });
    const views = {};
    for (const when of ["cold", "warm"]) {
      // Whoever comes back later finds no connection open.
      await tab.goto("about:blank");
      site.rest();
      await pause(SETTLE_MS);
      site.take();
      link.take();
      await view(tab, url, what);
      await pause(SETTLE_MS);
      const { first, live, shift } = JSON.parse(await tab.evaluate("JSON.stringify(bench)"));
      views[when] = { requests: site.take(), kilobytes: link.take() / 1_000, first, live, shift };
    }
    return views;
  });
}
