// The pages in a browser: under a strict policy, in light and dark, for keyboards and assistive technology, in narrow windows.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import { expect, pages, test } from "./support.js";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// By the protocol, and so past the pages' policy.
test.beforeEach(({ context }) => context.addInitScript({ content: axe }));

/** Returns what axe finds in light and in dark, where colours alone are others, by rule and element. */
async function findings(page) {
  const found = [];
  for (const [colorScheme, options] of [
    ["light", {}],
    ["dark", { runOnly: ["color-contrast"] }],
  ]) {
    await page.emulateMedia({ colorScheme });
    const here = await page.evaluate(async (options) => {
      const { violations } = await window.axe.run({ resultTypes: ["violations"], ...options });
      return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target}`));
    }, options);
    found.push(...here.map((finding) => `${page.url()} ${colorScheme} ${finding}`));
  }
  return found;
}

test("every page fits into 320 px, and axe finds nothing there in light and dark", async ({ context, site }) => {
  test.setTimeout(300_000);
  const queue = await pages();
  const found = [];
  const look = async () => {
    const page = await context.newPage();
    await page.setViewportSize({ width: 320, height: 640 });
    for (let next = queue.shift(); next; next = queue.shift()) {
      await page.goto(`${site}/${next.address}`);
      found.push(...(await findings(page)));
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      if (overflow > 0) {
        found.push(`${next.address} is ${overflow} px too wide`);
      }
    }
  };
  // Two at a time: one waits while the other works.
  await Promise.all([look(), look()]);
  expect(found).toEqual([]);
});

test("what scrolls sideways has keys from the start, and when what is inside grows", async ({ page, site }) => {
  await page.addInitScript({
    content: `
      window.observers = [];
      window.ResizeObserver = class {
        seen = [];
        constructor(changed) { this.changed = changed; window.observers.push(this); }
        observe(element) { this.seen.push(element); }
      };`,
  });
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto(`${site}/troubleshooting.html`);
  const boxes = page.locator(".scroll");
  const stops = () =>
    boxes.evaluateAll((all) =>
      all.map((box) => ({ scrolls: box.scrollWidth > box.clientWidth, stop: box.tabIndex === 0 })),
    );
  const first = await stops();
  expect(first.some(({ scrolls }) => scrolls)).toBe(true);
  expect(first.filter(({ scrolls, stop }) => scrolls !== stop)).toEqual([]);

  const grown = await page.evaluate(() => {
    const box =
      [...document.querySelectorAll(".scroll")].find((box) => box.tabIndex !== 0) ?? document.querySelector(".scroll");
    box.firstElementChild.style.minInlineSize = "60rem";
    const told = window.observers.filter(({ seen }) => seen.includes(box.firstElementChild));
    for (const { changed } of told) {
      changed();
    }
    return { told: told.length, stop: box.tabIndex };
  });
  expect(grown).toEqual({ told: 1, stop: 0 });
});

test("axe finds nothing in a wide window, with the navigation, results and all that can be opened", async ({
  page,
  site,
}) => {
  for (const address of ["elements/mi-status.html", "decisions/0001-sans-io.html"]) {
    await page.goto(`${site}/${address}`);
    for (const details of await page.locator("summary").all()) {
      await details.click();
    }
    await page.getByRole("searchbox").fill("idle");
    await expect(page.getByRole("search").getByRole("link").first()).toBeVisible();
    expect(await findings(page)).toEqual([]);
  }
});

test("the search finds what is written about idle, by keyboard alone", async ({ page, site }) => {
  await page.goto(`${site}/elements/mi-status.html`);
  await page.keyboard.press("/");
  await page.keyboard.type("idle");
  const results = page.getByRole("search").getByRole("link");
  await expect(results.first()).toHaveText(/idle/i);
  await expect(page.getByRole("search").getByRole("status")).toHaveText(/^\d+ places$/);
  await page.keyboard.press("ArrowDown");
  await expect(results.first()).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/#idle/);
  await expect(page.locator(":target")).toHaveText(/^Idle/);
});

test("what nobody has written about is not found, and said", async ({ page, site }) => {
  await page.goto(`${site}/index.html`);
  await page.getByRole("searchbox").fill("zzyzx");
  await expect(page.getByRole("search").getByRole("status")).toHaveText("Nothing is about “zzyzx”.");
});

test("the first stop of the keyboard leads to the content", async ({ page, site }) => {
  await page.goto(`${site}/embedding.html`);
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
});

test("a narrow window has the pages behind a button", async ({ page, site }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto(`${site}/embedding.html`);
  const menu = page.getByRole("navigation", { name: "Documentation" });
  await expect(menu).toBeHidden();
  await page.getByRole("button", { name: "Pages" }).click();
  await expect(menu.getByRole("link", { name: "Embedding" })).toHaveAttribute("aria-current", "page");
  await menu.getByRole("link", { name: "Operating" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Operating");
});
