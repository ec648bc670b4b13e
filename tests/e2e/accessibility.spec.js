// Everything by keyboard, and nothing for axe to find: in both themes, with the picker open and closed.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import { CHROMIUM, expect, test } from "./support/test.js";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function violations(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run());
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

for (const colorScheme of ["light", "dark"]) {
  test.describe(`in the ${colorScheme} theme`, () => {
    test.use({ colorScheme });

    test("axe finds nothing, with the picker closed and open", async ({ page, demo }) => {
      const alice = demo.pane("alice");
      await alice.isConnected();
      await demo.pane("bob").isConnected();
      expect(await violations(page)).toEqual([]);
      await alice.button.click();
      await expect(alice.option("Busy")).toBeVisible();
      expect(await violations(page)).toEqual([]);
    });
  });
}

test("axe finds nothing from right to left", async ({ page, server }) => {
  await page.goto(`${server.url}/?dir=rtl&lang=ar`);
  await expect(page.getByRole("button", { name: "حالتي: متصل" })).toHaveCount(2);
  expect(await violations(page)).toEqual([]);
});

test("on a dark page that declares nothing, and sets its texts its own way, all is readable", async ({
  page,
  host,
  server,
}) => {
  await page.goto(
    host.page(
      '<mi-my-status states="online busy"></mi-my-status><mi-contact-list></mi-contact-list><mi-conversation contact="erika@example.com" open></mi-conversation>',
      {
        head: `<title>Dark</title><style>
  html { background: #14161a; color: #ddd; text-transform: uppercase; letter-spacing: 4px; text-align: center; font-style: italic }
</style><script src="${host.url}/widget/mistatus.js" data-server="${server.stream}" data-signin-name="franz@example.com"></script>`,
      },
    ),
  );
  await page.getByRole("button", { name: "Add contact" }).click();
  await page.getByRole("combobox", { name: "Sign-in name" }).fill("erika@example.com");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("treeitem")).toHaveCount(1);
  await page.getByRole("textbox", { name: "Message" }).fill("Hello");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("log")).toContainText("Hello");
  const found = await violations(page);
  expect(found.filter((violation) => violation.startsWith("color-contrast"))).toEqual([]);
  const inherited = await page.getByRole("treeitem").evaluate((row) => {
    const { color, letterSpacing, textTransform, fontStyle } = getComputedStyle(row);
    return { color, letterSpacing, textTransform, fontStyle };
  });
  expect(inherited).toEqual({
    color: "rgb(28, 33, 40)",
    letterSpacing: "normal",
    textTransform: "none",
    fontStyle: "normal",
  });
});

// Takes the screen for paper.
test("on paper every status keeps its shape and colour", CHROMIUM, async ({ page, demo }) => {
  await demo.pane("alice").isConnected();
  await page.emulateMedia({ media: "print" });
  const dots = page.locator("mi-status .mi-dot, mi-my-status .mi-button .mi-dot");
  expect(await dots.count()).toBeGreaterThan(1);
  const adjust = (all) => all.map((dot) => getComputedStyle(dot).printColorAdjust);
  expect(new Set(await dots.evaluateAll(adjust))).toEqual(new Set(["exact"]));
});

test("axe finds nothing while the server is away", async ({ page, demo, server }) => {
  const alice = demo.pane("alice");
  await alice.isConnected();
  await server.kill();
  await expect(alice.connection).not.toHaveText("Connected");
  expect(await violations(page)).toEqual([]);
});

test("a status is chosen by keyboard alone", async ({ page, demo }) => {
  const [alice, bob] = [demo.pane("alice"), demo.pane("bob")];
  await alice.isConnected();
  await bob.isConnected();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Dark theme" })).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(alice.button).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(alice.option("Online")).toBeFocused();
  await page.keyboard.type("bus");
  await expect(alice.option("Busy")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(alice.button).toBeFocused();
  await alice.shows("Busy");
  await bob.sees("Busy");

  await page.keyboard.press("ArrowUp");
  await expect(alice.option("Appear offline")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(alice.button).toBeFocused();
  await expect(alice.menu).toBeHidden();

  // Through the fields of the panel and out of it, which closes it.
  await page.keyboard.press("Enter");
  const panel = page.getByRole("dialog", { name: "My status" });
  await expect(panel.getByRole("button", { name: "Reset to automatic" })).toBeVisible();
  for (const [role, name] of [
    ["textbox", "Note"],
    ["combobox", "Duration"],
    ["button", "Save"],
    ["button", "Reset to automatic"],
    ["checkbox", "Show when I am idle"],
    ["combobox", "Idle after"],
  ]) {
    await page.keyboard.press("Tab");
    await expect(panel.getByRole(role, { name })).toBeFocused();
  }
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press("Tab");
  await expect(alice.menu).toBeHidden();
  await expect(bob.button).toBeFocused();
  await page.keyboard.press("Shift+Tab");
  await expect(alice.button).toBeFocused();
});

test("the menu stays inside a narrow window", async ({ page, demo }) => {
  await page.setViewportSize({ width: 320, height: 480 });
  for (const name of ["alice", "bob"]) {
    const pane = demo.pane(name);
    await pane.isConnected();
    await pane.button.click();
    const box = await pane.menu.boundingBox();
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.y).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(320);
    expect(box.y + box.height).toBeLessThanOrEqual(480);
    await page.keyboard.press("Escape");
  }
});
