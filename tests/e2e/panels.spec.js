// The panels of conversations: how they are moved and resized, where they lie beside one another and on a phone, and where the
// focus goes when they close.

import { PeoplePage } from "./pages/people-page.js";
import { test as base, expect } from "./support/test.js";

const FRANZ = "franz@example.com";
const ERIKA = "erika@example.com";
const NAMES = Array.from({ length: 12 }, (_, index) => `person${index}@example.com`);

const test = base.extend({
  /** Opens a page of Franz's; returns it with the list of those on it. */
  open: async ({ page, host, server }, use) => {
    await use(async (body, names = [ERIKA]) => {
      const head = `<script src="${server.url}/mistatus.js" data-signin-name="${FRANZ}"></script>`;
      await page.goto(host.page(body, { head }));
      await page.evaluate(async (names) => {
        const messenger = await window.mistatus.ready;
        names.forEach((name) => messenger.messengerPrivate.AddContact(name));
      }, names);
      return new PeoplePage(page, FRANZ);
    });
  },
});

const LIST = "<mi-contact-list>…</mi-contact-list>";

/** Drags by the pointer from the middle of something. */
async function drag(page, what, x, y) {
  const box = await what.boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2 + x / 2, box.y + box.height / 2 + y / 2);
  await page.mouse.move(box.x + box.width / 2 + x, box.y + box.height / 2 + y);
  await page.mouse.up();
}

const rounded = ({ x, y, width, height }) => [x, y, width, height].map(Math.round);

test("a panel is resized by its corners, towards the pointer, and moved by its head", async ({ page, open }) => {
  const people = await open(LIST);
  await people.line(ERIKA).click();
  const panel = people.conversation(ERIKA);
  await expect(panel).toBeVisible();
  const [x, y, width, height] = rounded(await panel.boundingBox());
  const grip = (corner) => page.locator(`mi-conversation .mi-grip[data-corner=${corner}]`);
  const size = await grip("nw").boundingBox();
  expect([size.width, size.height]).toEqual([24, 24]);

  // Docked at the lower right, there is room at the upper left.
  await drag(page, grip("nw"), -100, -60);
  expect(rounded(await panel.boundingBox())).toEqual([x - 100, y - 60, width + 100, height + 60]);
  await drag(page, grip("se"), -50, -40);
  expect(rounded(await panel.boundingBox())).toEqual([x - 100, y - 60, width + 50, height + 20]);
  // It stays large enough to be used.
  await drag(page, grip("ne"), -900, 900);
  expect(rounded(await panel.boundingBox())).toEqual([x - 100, y - 40 + height - 160, 160, 160]);

  await drag(page, panel.locator(".mi-head .mi-name"), -40, -30);
  expect(rounded(await panel.boundingBox())).toEqual([x - 140, y - 70 + height - 160, 160, 160]);
  // Nothing that is pressed lies below a corner.
  await drag(page, grip("nw"), -200, -200);
  await panel.getByRole("textbox").fill("Hello");
  const send = await panel.getByRole("button", { name: "Send" }).boundingBox();
  await page.mouse.click(send.x + send.width - 6, send.y + send.height - 6);
  await people.hears(ERIKA, "Hello");
});

test("twelve panels lie each where it can be seen, and come into a smaller window", async ({ page, open }) => {
  const people = await open(LIST, NAMES);
  await expect(people.line(NAMES[0])).toBeVisible();
  await page.evaluate((names) => names.forEach((name) => window.mistatus.messenger.InstantMessage(name)), NAMES);
  const boxes = async () => {
    const panels = await page.locator("mi-conversation").all();
    return Promise.all(panels.map((panel) => panel.boundingBox()));
  };
  await expect(page.locator("mi-conversation")).toHaveCount(12);
  await expect(page.locator("mi-conversation .mi-grip")).toHaveCount(48);
  const places = (await boxes()).map(({ x, y }) => `${Math.round(x)} ${Math.round(y)}`);
  expect(new Set(places).size).toBe(12);

  // One that is closed leaves its place to the next.
  const [first] = places;
  await people
    .conversation(NAMES[0])
    .getByRole("button", { name: "Close" })
    .evaluate((button) => button.click());
  await expect(page.locator("mi-conversation")).toHaveCount(11);
  await page.evaluate((name) => window.mistatus.messenger.InstantMessage(name), NAMES[0]);
  await expect(page.locator("mi-conversation .mi-grip")).toHaveCount(48);
  const again = (await boxes()).map(({ x, y }) => `${Math.round(x)} ${Math.round(y)}`);
  expect(again.at(-1)).toBe(first);

  await page.setViewportSize({ width: 700, height: 400 });
  await expect
    .poll(async () =>
      (await boxes()).every(({ x, y, width, height }) => x >= 0 && y >= 0 && x + width <= 700 && y + height <= 400),
    )
    .toBe(true);
});

test("on a phone one conversation fills the screen, and what comes meanwhile waits behind it, unread", async ({
  page,
  open,
  browser,
  host,
  server,
}) => {
  await page.setViewportSize({ width: 390, height: 664 });
  const people = await open(LIST, [ERIKA, ...NAMES.slice(0, 1)]);
  await people.line(NAMES[0]).click();
  const first = people.conversation(NAMES[0]);
  await expect(first).toBeVisible();
  expect(rounded(await first.boundingBox())).toEqual([0, 0, 390, 664]);
  const field = first.getByRole("textbox");
  await field.fill("half a sentence");

  // Erika writes, and the page opens the conversation by itself.
  const context = await browser.newContext();
  const erika = await context.newPage();
  const head = `<script src="${server.url}/mistatus.js" data-signin-name="${ERIKA}"></script>`;
  await erika.goto(host.page("", { head }));
  await erika.evaluate(async (to) => (await window.mistatus.ready).sendMessage(to, "Hello"), FRANZ);
  await expect(page.locator("mi-conversation")).toHaveCount(2);
  await expect(page.locator(`mi-conversation[contact="${ERIKA}"]`)).toBeHidden();
  await expect(field).toBeFocused();
  const unread = () => page.evaluate(() => window.mistatus.messenger.unread);
  expect(await unread()).toBe(1);
  await context.close();

  await page.keyboard.press("Escape");
  await expect(first).toHaveCount(0);
  await people.hears(ERIKA, "Hello");
  await expect.poll(unread).toBe(0);
  expect(rounded(await people.conversation(ERIKA).boundingBox())).toEqual([0, 0, 390, 664]);

  // A keyboard on the screen leaves less: head and field stay in sight.
  await page.evaluate(() => {
    Object.defineProperty(visualViewport, "height", { configurable: true, value: 300 });
    visualViewport.dispatchEvent(new Event("resize"));
  });
  await expect.poll(async () => rounded(await people.conversation(ERIKA).boundingBox())).toEqual([0, 0, 390, 300]);
});

test("the focus returns to the line of a list in an application's own root, and windows know that list", async ({
  page,
  open,
}) => {
  const people = await open(`<div id="app"><template shadowrootmode="open">${LIST}</template></div>`);
  await people.goTo(ERIKA);
  await people.press("Enter");
  const panel = people.conversation(ERIKA);
  await expect(panel.getByRole("textbox")).toBeFocused();
  await people.press("Escape");
  await expect(panel).toHaveCount(0);
  await expect(people.tree).toBeFocused();
  await expect(people.line(ERIKA)).toHaveAttribute("aria-selected", "true");

  await page.evaluate(() => document.activeElement.blur());
  await page.evaluate(() => window.mistatus.messenger.Window.Show());
  await expect(people.tree).toBeFocused();
  await expect(page.locator("mi-contact-list")).toHaveCount(1);
  await page.evaluate(() => window.mistatus.messenger.AddContact(0, ""));
  await expect(page.getByRole("combobox", { name: "Sign-in name" })).toBeFocused();
});

test("a sign-out with the focus in a conversation leaves it where it can be seen", async ({ page, open }) => {
  const people = await open(LIST);
  await page.evaluate((name) => window.mistatus.messenger.InstantMessage(name), ERIKA);
  const panel = people.conversation(ERIKA);
  await panel.getByRole("textbox").click();
  await page.evaluate(() => window.mistatus.messenger.Signout());
  await expect(panel).toHaveCount(0);
  await expect(page.getByText("Signed out")).toBeVisible();
  await expect(page.locator("mi-contact-list:focus-within")).toHaveCount(1);

  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(people.line(ERIKA)).toBeVisible();
  await expect(page.locator("mi-contact-list:focus-within")).toHaveCount(1);
});

test("a page that signs people in itself is asked to, by the list", async ({ page, open }) => {
  await open(LIST);
  await page.evaluate(() => {
    const { messenger } = window.mistatus;
    window.asked = 0;
    messenger.addEventListener("signin-request", (event) => {
      event.preventDefault();
      window.asked += 1;
    });
    messenger.Signout();
  });
  await page.getByRole("button", { name: "Sign in" }).click();
  expect(await page.evaluate(() => window.asked)).toBe(1);
  await expect(page.getByText("Signed out")).toBeVisible();
});

test("a list that has lost its connection says so, and tries again when it is told to", async ({
  page,
  open,
  server,
}) => {
  await page.clock.install();
  const people = await open(LIST);
  await expect(people.line(ERIKA)).toBeVisible();
  await server.kill();
  const told = page.getByText("Connection lost, trying again");
  await expect(told).toBeVisible();
  // From here on nothing happens by itself.
  await page.clock.pauseAt(Date.now() + 60_000);
  await server.restart();
  const status = () => page.evaluate(() => window.mistatus.messenger.MyStatus);
  expect(await status()).not.toBe(2);
  await page.getByRole("button", { name: "Try now" }).click();
  await expect(told).toBeHidden();
  expect(await status()).toBe(2);
});
