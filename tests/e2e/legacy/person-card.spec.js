// The person card that ShowOOUI shows: place, keyboard, focus, text, policy.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import { expect, test } from "../support/test.js";
import { busyErika, errors, openOldPage, signedIn } from "./old-page.js";

const STRICT =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self' ws:; img-src 'self'";
const BODY = '<p><button id="mark">mark</button></p>';

/** Calls a method of one name control that the page keeps. */
const call = (page, member, ...args) =>
  page.evaluate(
    ([name, values]) => {
      window.control ??= new ActiveXObject("Name.NameCtrl");
      return window.control[name](...values);
    },
    [member, args],
  );

const box = (page) => page.getByRole("dialog").boundingBox();

test("it says who it is and what they do, under a strict policy", async ({ page, host, server, person, said }) => {
  host.policy = STRICT;
  await busyErika(person);
  await openOldPage(page, host, server, { body: BODY });
  await signedIn(page);
  await call(page, "ShowOOUI", "sip:erika@example.com", 0, 40, 60);
  const card = page.getByRole("dialog", { name: /erika/i });
  await expect(card.getByRole("img", { name: "Busy" })).toBeVisible();
  await expect(card).toContainText("erika@example.com");
  const { x, y } = await box(page);
  expect([x, y]).toEqual([40, 60]);
  expect(await card.evaluate((element) => getComputedStyle(element).borderRadius)).toBe("8px");
  await call(page, "HideOOUI");
  await expect(card).toBeHidden();
  expect(errors(said)).toEqual([]);
  host.policy = "";
});

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing in the card in the ${colorScheme} scheme`, async ({ page, host, server }) => {
    const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
    await page.emulateMedia({ colorScheme });
    await openOldPage(page, host, server, { body: `<main><h1>Old</h1>${BODY}</main>` });
    await signedIn(page);
    await call(page, "ShowOOUI", "franz@example.com", 1, 40, 60);
    await expect(page.getByRole("dialog").getByRole("img", { name: "Online" })).toBeVisible();
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => window.axe.run());
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
  });
}

test("by keyboard the focus goes in, around, and back", async ({ page, host, server }) => {
  await openOldPage(page, host, server, { body: BODY });
  await signedIn(page);
  const mark = page.locator("#mark");
  // As pages did it: the mark lets go of the card when it loses the focus.
  await mark.evaluate((element) => element.addEventListener("blur", () => window.control.HideOOUI()));
  await mark.focus();
  await call(page, "DoAccelerator");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await call(page, "ShowOOUI", "erika@example.com", 0, 10, 50);
  await expect(mark).toBeFocused();
  await call(page, "DoAccelerator");
  const items = page.getByRole("menuitem");
  await expect(items.first()).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await expect(items.last()).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(items.first()).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(mark).toBeFocused();

  await call(page, "ShowOOUI", "gustav@example.com", 1, 10, 50);
  await expect(items.first()).toBeFocused();
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(mark).toBeFocused();
});

test("under the pointer it stays, though the page lets go of it", async ({ page, host, server }) => {
  await openOldPage(page, host, server, { body: BODY });
  await signedIn(page);
  await call(page, "ShowOOUI", "erika@example.com", 0, 100, 100);
  await page.mouse.move(130, 120);
  await call(page, "HideOOUI");
  const card = page.getByRole("dialog");
  await card.getByRole("menuitem", { name: "Close" }).hover();
  await expect(card).toBeVisible();
  await page.mouse.move(700, 500);
  await expect(card).toBeHidden();
});

test("it stays in the window, also in a narrow one and from right to left", async ({ page, host, server }) => {
  await page.setViewportSize({ width: 320, height: 400 });
  await openOldPage(page, host, server, { body: BODY });
  await signedIn(page);
  await page.evaluate(() => {
    document.documentElement.lang = "ar";
    document.body.dir = "rtl";
  });
  for (const [left, top] of [
    [5_000, 5_000],
    [-50, -50],
    ["abc", {}],
    [undefined, Infinity],
  ]) {
    await page.evaluate(
      ([x, y]) => {
        window.control ??= new ActiveXObject("Name.NameCtrl");
        window.control.ShowOOUI("erika@example.com", 0, x, y);
      },
      [left, top],
    );
    const { x, y, width, height } = await box(page);
    expect(x >= 0 && y >= 0 && x + width <= 320 && y + height <= 400).toBe(true);
  }
  await expect(page.getByRole("menuitem", { name: "إغلاق" })).toBeVisible();
  expect(await page.getByRole("dialog").evaluate((element) => getComputedStyle(element).direction)).toBe("rtl");
});

test("names are text however they look, and nobody gets no card", async ({ page, host, server, said }) => {
  await openOldPage(page, host, server, { body: BODY });
  await signedIn(page);
  for (const nobody of [undefined, null, ""]) {
    await call(page, "ShowOOUI", nobody, 0, 0, 0);
    await expect(page.getByRole("dialog")).toHaveCount(0);
  }
  const name = "<img/src=x/onerror=document.title='hit'>@example.com";
  await call(page, "ShowOOUI", name, 0, 0, 0);
  await expect(page.getByRole("dialog")).toContainText(name);
  await page.evaluate(() => window.control.ShowOOUI("\ud800half@example.com", 0, 0, 0));
  await expect(page.getByRole("menuitem", { name: "Send e-mail" })).toHaveAttribute("href", "mailto:half@example.com");
  await call(page, "ShowOOUI", "x".repeat(100_000), 0, 0, 0);
  const { height } = await box(page);
  expect(height).toBeLessThanOrEqual(720);
  await expect(page).toHaveTitle("A page");
  expect(said.filter(({ type }) => type === "pageerror")).toEqual([]);
});

test("a conversation is offered where the messenger can have one", async ({ page, host, server }) => {
  await openOldPage(page, host, server, { body: BODY });
  await signedIn(page);
  await page.evaluate(() => {
    Object.defineProperty(window.mistatus.messenger, "InstantMessage", {
      configurable: true,
      value: (name) => (window.talkedTo = name),
    });
  });
  await call(page, "ShowOOUI", "sip:erika@example.com", 1, 0, 0);
  await page.getByRole("menuitem", { name: "Start conversation" }).click();
  expect(await page.evaluate(() => window.talkedTo)).toBe("erika@example.com");
  await expect(page.getByRole("dialog")).toBeHidden();
  await page.evaluate(() => Object.defineProperty(window.mistatus.messenger, "InstantMessage", { value: undefined }));
  await call(page, "ShowOOUI", "erika@example.com", 1, 0, 0);
  await expect(page.getByRole("menuitem", { name: "Start conversation" })).toHaveCount(0);
});

// As pages did it: both handlers on the mark, and "by keyboard" said of everything.
const MARKED = `<p style="margin: 80px"><span id="mark" tabindex="0"
    onmouseover="window.control.ShowOOUI('erika@example.com', 1, 100, window.below || 120)"
    onmouseout="window.control.HideOOUI()" onblur="window.control.HideOOUI()"
    style="display: inline-block; padding: 10px; background: silver"><b>mark</b> <i>of Erika</i></span></p>
    <button id="other">other</button>`;

const openMarked = async (page, host, server) => {
  await openOldPage(page, host, server, { body: MARKED });
  await signedIn(page);
  await page.evaluate(() => {
    window.control = new ActiveXObject("Name.NameCtrl");
  });
};

/** Moves the pointer to an element, whatever may come to stand over it. */
const moveTo = async (page, selector) => {
  const { x, y, width, height } = await page.locator(selector).boundingBox();
  await page.mouse.move(x + width / 2, y + height / 2);
};

/** Waits longer than a card waits for the pointer. */
const linger = (page) => page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 600)));

test("a hover takes no focus, whatever the page calls it, and the way into the card is free", async ({
  page,
  host,
  server,
}) => {
  await openMarked(page, host, server);
  const card = page.getByRole("dialog");
  await page.locator("#other").focus();
  await moveTo(page, "#mark b");
  await expect(card).toBeVisible();
  await expect(page.locator("#other")).toBeFocused();
  await moveTo(page, "#mark i");
  await card.getByRole("menuitem").first().hover();
  await linger(page);
  await expect(card).toBeVisible();
  await expect(page.locator("#other")).toBeFocused();
  // And back to the mark, where it stays.
  await moveTo(page, "#mark b");
  await linger(page);
  await expect(card).toBeVisible();
  await moveTo(page, "#other");
  await expect(card).toBeHidden();
  await expect(page.locator("#other")).toBeFocused();
});

test("a card that opens under the pointer stays, and goes when the pointer has left it", async ({
  page,
  host,
  server,
}) => {
  await openMarked(page, host, server);
  const card = page.getByRole("dialog");
  await page.evaluate(() => {
    window.below = 80;
    window.shown = [];
    new MutationObserver(() => window.shown.push(document.querySelector("[popover]").hidden)).observe(document.body, {
      childList: true,
      subtree: true,
      attributeFilter: ["hidden"],
    });
  });
  await moveTo(page, "#mark i");
  await expect(card).toBeVisible();
  await linger(page);
  await expect(card).toBeVisible();
  expect(await page.evaluate(() => window.shown.filter((hidden) => hidden))).toEqual([]);
  await page.mouse.move(700, 500);
  await expect(card).toBeHidden();
});

test("by keyboard the menu keeps the focus while the pointer comes to the mark and leaves it", async ({
  page,
  host,
  server,
}) => {
  await openMarked(page, host, server);
  await moveTo(page, "#mark b");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.locator("#mark").focus();
  await page.evaluate(() => window.control.DoAccelerator());
  const first = page.getByRole("menuitem").first();
  await expect(first).toBeFocused();
  await moveTo(page, "#mark i");
  await page.mouse.move(700, 500);
  await linger(page);
  await expect(first).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(page.locator("#mark")).toBeFocused();
});

test("a page that scrolls takes the card away, though the pointer is over its mark", async ({ page, host, server }) => {
  await openMarked(page, host, server);
  await page.evaluate(() => {
    document.body.style.height = "5000px";
    window.onscroll = () => window.control.HideOOUI();
  });
  await moveTo(page, "#mark b");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.evaluate(() => window.scrollBy(0, 5));
  await expect(page.getByRole("dialog")).toBeHidden();
});

test("a page that shows the card at each focus does not show it again when the focus comes back", async ({
  page,
  host,
  server,
}) => {
  await openOldPage(page, host, server, {
    body: `<button id="before">before</button>
      <button id="mark" onfocus="window.control.ShowOOUI('erika@example.com', 1, 100, 120)">mark</button>`,
  });
  await signedIn(page);
  await page.evaluate(() => {
    window.control = new ActiveXObject("Name.NameCtrl");
  });
  await page.locator("#before").focus();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("menuitem").first()).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(page.locator("#mark")).toBeFocused();
});
