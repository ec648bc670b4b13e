// The person card that ShowOOUI shows: place, keyboard, focus, text, policy.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import { expect, test } from "../support/test.js";
import { errors, openOldPage, signedIn } from "./old-page.js";

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
  const erika = await person("erika@example.com", "franz@example.com");
  await erika.choose("Busy");
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
  await page.getByRole("menuitem", { name: "Start a conversation" }).click();
  expect(await page.evaluate(() => window.talkedTo)).toBe("erika@example.com");
  await expect(page.getByRole("dialog")).toBeHidden();
  await page.evaluate(() => Object.defineProperty(window.mistatus.messenger, "InstantMessage", { value: undefined }));
  await call(page, "ShowOOUI", "erika@example.com", 1, 0, 0);
  await expect(page.getByRole("menuitem", { name: "Start a conversation" })).toHaveCount(0);
});
