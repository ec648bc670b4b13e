// The live examples: with a server they are alive and follow their knobs, and without one they say so.

import { expect, test } from "./support.js";

const ELEMENTS = ["mi-status", "mi-avatar", "mi-my-status", "mi-contact-list", "mi-conversation", "mi-messenger"];

test("the example of mi-status shows a live dot", async ({ page, liveSite }) => {
  await page.goto(`${liveSite}/elements/mi-status.html`);
  const example = page.getByRole("region", { name: "Live example" });
  const dot = example.locator("mi-status");
  await expect(example.getByRole("status").first()).toHaveText(/^This is live/);
  await expect(dot).toHaveAttribute("status", "online");

  await example.getByRole("button", { name: "My status: Online" }).click();
  await example
    .getByRole("menuitemradio", { name: "Busy" })
    .or(example.getByRole("radio", { name: "Busy" }))
    .first()
    .click();
  await expect(dot).toHaveAttribute("status", "busy");
  await expect(example.getByRole("log")).toContainText("mi-status-change");
});

test("knobs set attributes and custom properties, and the markup follows", async ({ page, liveSite }) => {
  await page.goto(`${liveSite}/elements/mi-status.html`);
  const example = page.getByRole("region", { name: "Live example" });
  const dot = example.locator("mi-status");
  await example.getByLabel("size", { exact: true }).selectOption("large");
  await expect(dot).toHaveAttribute("size", "large");
  await example.getByText("Custom properties").click();
  await example.getByLabel("--mi-dot-size").fill("40px");
  await example.getByLabel("--mi-gap").focus();
  await expect(example.locator("pre")).toHaveText(
    '<mi-status contact="bob@demo.example" label="full" size="large" style="--mi-dot-size: 40px">Bob Chen</mi-status>',
  );
  await expect.poll(() => dot.getByRole("img").evaluate((image) => image.getBoundingClientRect().height)).toBe(40);
});

test("the panel of a conversation opens and closes by its knob, which knows when it is closed otherwise", async ({
  page,
  liveSite,
}) => {
  await page.goto(`${liveSite}/elements/mi-conversation.html`);
  const example = page.getByRole("region", { name: "Live example" });
  await expect(example.getByRole("status").first()).toHaveText(/^This is live/);
  const open = example.getByLabel("open", { exact: true });
  await open.check();
  await expect(page.getByRole("dialog").getByRole("textbox")).toBeVisible();
  await expect(example.locator("pre")).toContainText(" open>");
  await page.getByRole("dialog").getByRole("textbox").press("Escape");
  await expect(open).not.toBeChecked();
  await expect(example.locator("pre")).not.toContainText(" open>");
});

test("what an element tells scrolls in its own box, and the page stays where it is", async ({ page, liveSite }) => {
  await page.setViewportSize({ width: 390, height: 500 });
  await page.goto(`${liveSite}/elements/mi-my-status.html`);
  const example = page.getByRole("region", { name: "Live example" });
  const log = example.getByRole("log");
  // From the beginning of the connection to its end, and a few by hand: more than fit into the box.
  await expect(log).toContainText('"status":2');
  const tell = (element) => {
    for (let count = 0; count < 9; count += 1) {
      element.dispatchEvent(new CustomEvent("mi-my-status-change", { detail: { count } }));
    }
  };
  await example.locator("mi-my-status").first().evaluate(tell);
  await expect(log.getByText('"count":8')).toBeAttached();
  expect(await log.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight)).toBeLessThan(2);
  expect(await log.evaluate((box) => box.scrollTop)).toBeGreaterThan(0);
  expect(await page.evaluate(() => window.scrollY)).toBe(0);
});

test("the example of every element works where a server is, and says so where none is", async ({
  page,
  liveSite,
  site,
}) => {
  const example = page.getByRole("region", { name: "Live example" });
  const news = example.getByRole("status").first();
  for (const element of ELEMENTS) {
    await test.step(element, async () => {
      await page.goto(`${liveSite}/elements/${element}.html`);
      await expect(news).toHaveText(/^This is live/);
      await expect(example.locator(element).first()).not.toHaveAttribute("error");

      await page.goto(`${site}/elements/${element}.html`);
      await expect(news).toHaveText(/no presence server is, so nothing here is live/);
      await expect(page.getByRole("form", { name: "Attributes" })).toBeVisible();
    });
  }
});
