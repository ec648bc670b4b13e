// The panels that a messenger makes lie before everything else of the page, and can be used: beside a modal dialog, in it, and
// before what fills the screen.

import { PeoplePage } from "./pages/people-page.js";
import { test as base, expect } from "./support/test.js";

const FRANZ = "franz@example.com";
const ERIKA = "erika@example.com";
const GUSTAV = "gustav@example.com";

const test = base.extend({
  /** Opens a page of Franz's; returns it with the list of those on it. */
  open: async ({ page, host, server }, use) => {
    await use(async (body) => {
      const head = `<script src="${server.url}/mistatus.js" data-signin-name="${FRANZ}"></script>`;
      await page.goto(host.page(body, { head }));
      const people = new PeoplePage(page, FRANZ);
      await page.evaluate(async (name) => {
        const messenger = await window.mistatus.ready;
        window.told = [];
        messenger.addEventListener("IMWindowDestroyed", () => window.told.push("destroyed"));
        messenger.messengerPrivate.AddContact(name);
      }, ERIKA);
      return people;
    });
  },
});

/** Whether somebody who points at the middle of a panel points at it. */
const isOnTop = (panel) =>
  panel.evaluate((panel) => {
    const { left, top, width, height } = panel.getBoundingClientRect();
    let found;
    for (let root = document; root; root = found?.shadowRoot) {
      const next = root.elementFromPoint(left + width / 2, top + height / 2);
      if (!next || next === found) {
        break;
      }
      found = next;
    }
    return panel.contains(found);
  });

/** That a panel is on top, and can be written into by whoever clicks at it. */
async function isUsable(panel, text) {
  await expect.poll(() => isOnTop(panel)).toBe(true);
  const field = panel.getByRole("textbox");
  await field.click();
  await expect(field).toBeFocused();
  await field.fill(text);
}

const LIST = "<mi-contact-list>…</mi-contact-list>";

for (const [what, body, close] of [
  ["a dialog", `<dialog>${LIST}<button>Else</button></dialog>`, (dialog) => dialog.close()],
  [
    "a dialog that is taken away when it closes",
    `<dialog>${LIST}<button>Else</button></dialog>`,
    (dialog) => dialog.remove(),
  ],
  [
    "a dialog of an application's own root, which has the list for a guest",
    `<div id="app"><template shadowrootmode="open"><dialog><slot></slot></dialog></template>${LIST}</div>`,
    (dialog) => dialog.close(),
  ],
]) {
  test(`a conversation that is opened from a list in ${what} can be used, and stays`, async ({ page, open }) => {
    const people = await open(`<h1>A page</h1>${body}`);
    const dialog = await page.evaluateHandle(() =>
      (document.querySelector("#app")?.shadowRoot ?? document).querySelector("dialog"),
    );
    await dialog.evaluate((dialog) => dialog.showModal());
    await people.line(ERIKA).click();
    const panel = people.conversation(ERIKA);
    await isUsable(panel, "half a sentence");
    expect(await dialog.evaluate((dialog) => dialog.open)).toBe(true);

    await dialog.evaluate(close);
    await isUsable(panel, "more of it");
    expect(await page.evaluate(() => window.told)).toEqual([]);

    // Escape closes what it is pressed in.
    if (await dialog.evaluate((dialog) => dialog.isConnected)) {
      await dialog.evaluate((dialog) => dialog.showModal());
      await isUsable(panel, "and still");
      await page.keyboard.press("Escape");
      await expect(panel).toHaveCount(0);
      expect(await dialog.evaluate((dialog) => dialog.open)).toBe(true);
    }
  });
}

test("a conversation is before an element that fills the screen", async ({ page, open }) => {
  const people = await open(`<div id="full" style="background: white"><button>Fill</button>${LIST}</div>`);
  await page.evaluate(() => {
    const full = document.querySelector("#full");
    full.querySelector("button").addEventListener("click", () => full.requestFullscreen());
  });
  await people.line(ERIKA).click();
  const panel = people.conversation(ERIKA);
  await isUsable(panel, "half a sentence");
  await page.getByRole("button", { name: "Fill" }).click();
  await expect.poll(() => page.evaluate(() => document.fullscreenElement?.id)).toBe("full");
  await isUsable(panel, "more of it");
  await panel.getByRole("button", { name: "Close" }).click();
  await people.line(ERIKA).click();
  await isUsable(panel, "again");
  await page.evaluate(() => document.exitFullscreen());
  await isUsable(panel, "at last");
});

test("how a page draws popovers of its own moves no panel", async ({ page, open }) => {
  const people = await open(`<style>
    [popover] { opacity: 0; transform: scaleX(0); transition: all 0.1s; }
    [popover]:popover-open { opacity: 1; transform: scaleX(1); display: grid; }
  </style>${LIST}`);
  await people.line(ERIKA).click();
  const panel = people.conversation(ERIKA);
  await isUsable(panel, "half a sentence");
  const { x, y, width, height } = await panel.boundingBox();
  const window = page.viewportSize();
  expect([x >= 0, y >= 0, x + width <= window.width, y + height <= window.height]).toEqual([true, true, true, true]);
});

test("the panel that was clicked is in front, however often that was done", async ({ page, open }) => {
  const people = await open(LIST);
  await expect(people.line(ERIKA)).toBeVisible();
  const names = [ERIKA, GUSTAV];
  await page.evaluate(async (names) => {
    const { messenger } = window.mistatus;
    for (const name of names) {
      messenger.InstantMessage(name);
    }
  }, names);
  const panels = names.map((name) => people.conversation(name));
  for (const panel of panels) {
    await expect(panel).toBeVisible();
  }
  const front = await page.evaluate(() => {
    const panels = [...document.querySelectorAll("mi-conversation")];
    for (const panel of panels) {
      Object.assign(panel.style, { left: "50px", top: "50px" });
    }
    const wrong = [];
    for (let click = 0; click < 800; click += 1) {
      const panel = panels[click % 2];
      panel.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true, composed: true }));
      if (document.elementFromPoint(60, 60) !== panel) {
        wrong.push(click);
      }
    }
    return wrong;
  });
  expect(front).toEqual([]);
});

test("panels lie beside the scroll bar of a narrow window", async ({ page, host, server }) => {
  await page.setViewportSize({ width: 500, height: 700 });
  const tall = "<style>body { height: 3000px; }</style>";
  const script = `<script src="${host.url}/widget/mistatus.js" data-server="${server.stream}" data-signin-name="${FRANZ}"></script>`;
  const panels = [ERIKA, GUSTAV].map((name) => `<mi-conversation contact="${name}" open></mi-conversation>`);
  await page.goto(host.page(panels.join(""), { head: tall + script }));
  await expect(page.getByRole("textbox", { name: "Message" })).toHaveCount(2);
  // Chromium hides the bar where it is driven.
  const room = await page.evaluate(() => document.documentElement.clientWidth);
  for (const panel of await page.locator("mi-conversation").all()) {
    const { x, width } = await panel.boundingBox();
    expect([x >= 0, x + width <= room]).toEqual([true, true]);
  }
});
