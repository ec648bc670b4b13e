// The two example pages in www/legacy, with nothing changed but the one line.

import { expect, test } from "../support/test.js";
import { busyErika, errors, example } from "./old-page.js";

test("the staff directory shows who is there, and a card for each", async ({ page, host, server, person, said }) => {
  const erika = await busyErika(person);
  await page.goto(await example(host, server, "staff-directory.html"));

  const row = (name) => page.getByRole("row", { name });
  await expect(row("Erika")).toContainText("Busy");
  await expect(row("Franz")).toContainText("Available");
  await expect(row("Gustav")).toContainText("Offline");
  await erika.choose("Away");
  await expect(row("Erika")).toContainText("Away");
  const gustav = await person("gustav@example.com", "franz@example.com");
  await gustav.isConnected();
  await expect(row("Gustav")).toContainText("Available");

  await page.locator("#imn1").hover();
  const card = page.getByRole("dialog", { name: /erika/i });
  await expect(card.getByRole("img", { name: "Away" })).toBeVisible();
  await page.mouse.move(600, 500);
  await expect(card).toBeHidden();

  await page.bringToFront();
  await page.locator("#imn2").focus();
  await page.keyboard.press("Enter");
  await expect(
    page
      .getByRole("dialog", { name: /gustav/i })
      .getByRole("menuitem")
      .first(),
  ).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.locator("#imn2")).toBeFocused();
  expect(errors(said)).toEqual([]);
});

test("the messenger panel adds people and hears of them in all three ways", async ({
  page,
  host,
  server,
  person,
  said,
}) => {
  const erika = await busyErika(person);
  await page.goto(await example(host, server, "messenger-panel.html"));

  const contacts = page.getByRole("table", { name: "Contacts" });
  await expect(page.locator("#mine")).toHaveText("Online");
  await expect(page.getByText("Messenger is not installed")).toBeHidden();
  await expect(page.locator("#log")).toContainText("Signed in: 0");
  await page.locator("#who").fill("erika@example.com");
  await page.getByRole("button", { name: "Add" }).click();
  await expect(page.locator("#log")).toContainText("was added");
  await expect(contacts.getByRole("row", { name: /erika/i })).toContainText("Busy");
  await erika.choose("Away");
  await expect(page.locator("#log")).toContainText("was Busy and is Away");
  await expect(contacts.getByRole("row", { name: /erika/i })).toContainText("Away");

  await page.getByRole("button", { name: "Busy" }).click();
  await expect(page.locator("#mine")).toHaveText("Busy");
  await erika.sees("Busy");
  await page.locator("#who").fill(" leading space");
  await page.getByRole("button", { name: "Add" }).click();
  await expect(page.locator("#log")).toContainText("Error 87: ");
  expect(errors(said)).toEqual([]);
});
