// Minutes in which a page waits between two attempts, without waiting for them.

import { expect } from "@playwright/test";

/**
 * Lets minutes pass for a page with a clock of its own until something holds. While an attempt is under way they do not:
 * however slow the machine, none takes too long.
 *
 * @param {import("@playwright/test").Page} page
 * @param {() => Promise<boolean>} what
 */
export async function inTime(page, what) {
  await expect
    .poll(async () => {
      if (await what()) {
        return true;
      }
      const isOffline = () => window.mistatus.messenger?.MyStatus === window.mistatus.MISTATUS.OFFLINE;
      if (await page.evaluate(isOffline)) {
        await page.clock.fastForward(60_000);
      }
      return false;
    })
    .toBe(true);
}
