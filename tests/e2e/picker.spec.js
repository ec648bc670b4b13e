// The panel of the picker: what the user says beside the status, for how long, and what others see of it.

import { gate } from "./support/gate.js";
import { ANNA, expect, mine, test } from "./support/status-page.js";

const MINUTE = 60_000;
const PANELS = /mistatus-panels-[0-9a-f]{8}\.wasm$/;

const panel = (page) => page.getByRole("dialog", { name: "My status" });
const note = (page) => panel(page).getByRole("textbox", { name: "Note" });
const end = (page) => panel(page).getByRole("combobox", { name: "Duration" });
const dateField = (page) => panel(page).locator("[type=datetime-local]");
const anna = (page) => page.locator("mi-status .mi-dot");

/** What the page knows of the user's own choice. */
const own = (page) =>
  page.evaluate(() => {
    const { note, until, source } = window.mistatus.messenger.explain();
    return { note, until: until?.getTime(), source };
  });

test("status, note and end are said as one, and others see them", async ({ person }) => {
  const [page, other] = [await person(ANNA), await person("bert@example.com")];
  await mine(page).click();
  await note(page).fill("Reviewing <b>3</b> 👀");
  await end(page).selectOption("30 minutes");
  const before = Date.now();
  await panel(page).getByRole("menuitemradio", { name: "Busy" }).click();
  await expect(panel(page)).toBeHidden();
  await expect(mine(page)).toHaveAccessibleName("My status: Busy, Reviewing <b>3</b> 👀");
  await expect(anna(other)).toHaveAttribute("title", /Busy – Reviewing <b>3<\/b> 👀.*until/);
  const { until, source } = await own(page);
  expect(source).toBe("user");
  expect(until).toBeGreaterThanOrEqual(before + 30 * MINUTE);
  expect(until).toBeLessThanOrEqual(Date.now() + 30 * MINUTE);
});

test("Enter in the note saves it, and what is automatic again says nothing", async ({ person }) => {
  const [page, other] = [await person(ANNA), await person("bert@example.com")];
  // One page alone has the focus.
  await page.bringToFront();
  await mine(page).focus();
  await page.keyboard.press("Enter");
  await expect(note(page)).toBeVisible();
  await page.keyboard.press("Tab");
  await page.keyboard.type("Back at two");
  await page.keyboard.press("Enter");
  await expect(panel(page)).toBeHidden();
  await expect(mine(page)).toBeFocused();
  await expect(mine(page)).toHaveAccessibleName("My status: Online, Back at two");
  await expect(anna(other)).toHaveAttribute("title", /Online – Back at two/);

  await mine(page).click();
  await expect(note(page)).toHaveValue("Back at two");
  await panel(page).getByRole("button", { name: "Reset to automatic" }).click();
  await expect(mine(page)).toHaveAccessibleName("My status: Online");
  await expect(anna(other)).not.toHaveAttribute("title", /Back at two/);
  await mine(page).click();
  await expect(note(page)).toHaveValue("");
  await expect(panel(page).getByRole("button", { name: "Reset to automatic" })).toBeHidden();
});

test("a day and time is the user's own, and one that is over is refused where it stands", async ({ person }) => {
  const page = await person(ANNA);
  await mine(page).click();
  const date = dateField(page);
  await expect(end(page)).toBeVisible();
  await expect(date).toBeHidden();
  await end(page).selectOption("Date and time…");
  await expect(date).toBeVisible();
  await date.fill("2001-02-03T04:05");
  await panel(page).getByRole("button", { name: "Save" }).click();
  await expect(date).toBeFocused();
  await panel(page).getByRole("menuitemradio", { name: "Away" }).click();
  await expect(panel(page)).toBeVisible();
  await expect(mine(page)).toHaveAccessibleName("My status: Online");
  await date.fill("2999-12-31T23:59");
  await panel(page).getByRole("menuitemradio", { name: "Away" }).click();
  await expect(mine(page)).toHaveAccessibleName("My status: Away");
  const expected = await page.evaluate(() => new Date(2999, 11, 31, 23, 59).getTime());
  expect((await own(page)).until).toBe(expected);
});

test("a page that wants the statuses alone has the plain menu", async ({ person }) => {
  const page = await person(ANNA, '<mi-my-status mode="menu"></mi-my-status>');
  await expect(mine(page)).toHaveAttribute("aria-haspopup", "menu");
  await mine(page).click();
  await expect(page.getByRole("menuitemradio", { name: "Busy" })).toBeVisible();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByRole("textbox")).toHaveCount(0);
  await page.keyboard.press("Escape");
  await page.locator("mi-my-status").evaluate((picker) => (picker.mode = "panel"));
  await mine(page).click();
  await expect(note(page)).toBeVisible();
});

test("where note and end cannot be loaded a status can be chosen all the same", async ({ person }) => {
  const page = await person(ANNA);
  await page.route(PANELS, (route) => route.abort());
  const said = page.waitForEvent("console", (message) => message.text().includes("note and end cannot be shown"));
  await mine(page).click();
  await said;
  await panel(page).getByRole("menuitemradio", { name: "Busy" }).click();
  await expect(mine(page)).toHaveAccessibleName("My status: Busy");
});

test("a picker that is taken away before its fields are there leaves nothing behind", async ({ person }) => {
  const page = await person(ANNA);
  const thrown = [];
  page.on("pageerror", (error) => thrown.push(error));
  const open = await gate(page, PANELS);
  const asked = page.waitForRequest(PANELS);
  await mine(page).click();
  await asked;
  await page.locator("mi-my-status").evaluate((picker) => picker.remove());
  const loaded = page.waitForResponse(PANELS);
  open();
  await loaded;
  await page.evaluate(() => document.body.append(document.createElement("mi-my-status")));
  await mine(page).click();
  await expect(note(page)).toBeVisible();
  expect(thrown).toEqual([]);
});

for (const [how, size, dir] of [
  ["where that is narrow", { width: 200, height: 500 }, "ltr"],
  ["where text runs from right to left", { width: 360, height: 640 }, "rtl"],
]) {
  test(`the panel stays inside the window ${how}`, async ({ person }) => {
    const page = await person(ANNA);
    await page.setViewportSize(size);
    await page.evaluate((dir) => {
      document.documentElement.dir = dir;
    }, dir);
    await mine(page).click();
    await end(page).selectOption("Date and time…");
    for (const part of [panel(page), note(page), end(page), dateField(page)]) {
      const box = await part.boundingBox();
      expect(box.x).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width).toBeLessThanOrEqual(size.width);
    }
    const fields = await Promise.all([note(page), dateField(page)].map((field) => field.boundingBox()));
    expect(Math.abs(fields[0].height - fields[1].height)).toBeLessThan(12);
    const { y, height } = await panel(page).boundingBox();
    expect(y).toBeGreaterThanOrEqual(0);
    expect(y + height).toBeLessThanOrEqual(size.height);
  });
}

test("the panel lies beside the window's scroll bar", async ({ person }) => {
  const page = await person(ANNA, '<div style="height: 3000px; text-align: right"><mi-my-status></mi-my-status></div>');
  await mine(page).click();
  await expect(end(page)).toBeVisible();
  // Chromium hides the bar where it is driven.
  const room = await page.evaluate(() => document.documentElement.clientWidth);
  const { x, width } = await panel(page).boundingBox();
  expect(x + width).toBeLessThanOrEqual(room);
});
