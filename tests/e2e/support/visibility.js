// Tells a page that it is seen or not, as a change of tabs does.
//
// Another tab in front does not do it here: Playwright holds every page visible (it emulates focus in a session of its
// own, which no other session can undo), and headless Chromium has no windows that cover each other. So the page's own
// view is replaced, and the event is sent as the browser sends it.

export async function setVisible(page, visible) {
  await page.evaluate(
    (state) => {
      Object.defineProperty(document, "visibilityState", { configurable: true, get: () => state });
      Object.defineProperty(document, "hidden", { configurable: true, get: () => state === "hidden" });
      document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
    },
    visible ? "visible" : "hidden",
  );
}

/**
 * Waits until observers have said of an element whether it is on the screen, which they do with a frame: one that is made now
 * says it after those that are there.
 *
 * @param {import("@playwright/test").Locator} element
 */
export const observed = (element) =>
  element.evaluate((element) => new Promise((told) => new IntersectionObserver(() => told()).observe(element)));
