// Idle is what the last input over all tabs says: not the timer, not the reload, not the tab that one happens to look at.

import { test as base, EMBEDDED, expect } from "./support/people.js";
import { openSockets } from "./support/sockets.js";
import { Tab } from "./support/tab.js";
import { CHROMIUM } from "./support/test.js";

const test = base.extend({
  /** Opens tabs of Erika's, in one browser profile; `prepare` is given each before it is loaded. */
  open: async ({ address, context, names: { ERIKA, FRANZ } }, use) => {
    await use(async (picker, prepare) => Tab.open(context, await address(ERIKA, FRANZ, { picker }), prepare));
  },

  /** Franz, in a browser of his own, who sees how Erika is. */
  franz: async ({ person, names: { ERIKA, FRANZ } }, use) => {
    const franz = await person(FRANZ, ERIKA);
    await franz.shows("Online");
    await use(franz);
  },
});

/** Of tests that are both. */
const EMBEDDED_CHROMIUM = { tag: [EMBEDDED.tag, CHROMIUM.tag] };

/** Moves the pointer, as only a person can. */
async function move({ page }) {
  move.times = (move.times ?? 0) + 1;
  await page.mouse.move(10 + (move.times % 50), 10);
}

test("whoever comes back in one tab is back in all", async ({ open, franz }) => {
  const first = await open('idle-after="5"');
  const second = await open('idle-after="5"');
  await franz.sees("Idle");
  await first.shows("Idle");
  await second.shows("Idle");
  await move(first);
  await franz.sees("Online");
  await first.shows("Online");
  await second.shows("Online");
  await franz.sees("Idle");
  await move(second);
  await franz.sees("Online");
  await first.shows("Online");
});

test("input in one tab is presence in all", async ({ open, franz, names: { ERIKA } }) => {
  const quiet = await open('idle-after="12"');
  const used = await open('idle-after="12"');
  await quiet.shows("Online");
  await used.shows("Online");
  await franz.sees("Online");
  await quiet.asked();
  await franz.recorder.forget();
  const until = Date.now() + 15_000;
  while (Date.now() < until) {
    await move(used);
    await used.page.waitForTimeout(500);
  }
  expect(await franz.recorder.told(ERIKA)).toEqual([]);
  await franz.sees("Idle", { timeout: 30_000 });
});

test("what was chosen is there again after being idle", async ({ open, franz, names: { ERIKA } }) => {
  const tab = await open('idle-after="2"');
  await franz.sees("Idle");
  await tab.choose("Busy");
  await franz.sees("Busy");
  await franz.recorder.forget();
  // The one choice that says nothing of itself is the one that idleness replaces.
  await tab.choose("Online");
  await franz.sees("Idle");
  await move(tab);
  // It may be over by the time somebody looks.
  await expect.poll(async () => (await franz.recorder.told(ERIKA)).slice(0, 3)).toEqual([2, 18, 2]);
});

test("a reload is no input", async ({ open, franz, names: { ERIKA } }) => {
  const tab = await open('idle-after="2"');
  await franz.sees("Idle");
  await tab.shows("Idle");
  await franz.recorder.forget();
  await tab.page.reload();
  await tab.shows("Idle");
  await tab.asked();
  await franz.asked();
  expect(await franz.recorder.told(ERIKA)).toEqual([]);
  await move(tab);
  await franz.sees("Online");
});

test("who is idle stays so when the connection changes hands", EMBEDDED, async ({ open, franz, names: { ERIKA } }) => {
  const first = await open('idle-after="2"');
  await first.asked();
  const second = await open('idle-after="2"');
  await franz.sees("Idle");
  await second.shows("Idle");
  expect(await openSockets(first, second)).toEqual([1, 0]);
  await franz.recorder.forget();
  await second.forget();
  await first.page.close();
  await expect.poll(() => second.sockets.open()).toBe(1);
  await second.asked();
  await franz.asked();
  expect(await franz.recorder.told(ERIKA)).toEqual([]);
  expect((await second.told()).filter(([, , status]) => status !== 18)).toEqual([]);
  await move(second);
  await franz.sees("Online");
});

test("a user who does not want to be idle never is", async ({ open, franz, names: { ERIKA } }) => {
  const tab = await open('idle-after="1" no-idle');
  const other = await open('idle-after="1" no-idle');
  await other.shows("Online");
  await franz.sees("Online");
  await franz.recorder.forget();
  await tab.page.waitForTimeout(3_000);
  await other.asked();
  await franz.asked();
  expect(await franz.recorder.told(ERIKA)).toEqual([]);
  for (const { page } of [tab, other]) {
    await page.evaluate(() => document.querySelector("mi-my-status").removeAttribute("no-idle"));
  }
  await franz.sees("Idle");
});

test("after a sleep the user has been idle for all of it, and is back with the first input", async ({
  open,
  franz,
}) => {
  const tab = await open("", ({ page }) => page.clock.install());
  await tab.shows("Online");
  await franz.sees("Online");
  await tab.page.clock.fastForward("10:00");
  await tab.shows("Idle");
  await franz.sees("Idle");
  await move(tab);
  await tab.shows("Online");
  await franz.sees("Online");
});

test("without storage each tab counts for itself", async ({ context, open, franz }) => {
  await context.addInitScript(() => {
    Object.defineProperty(window, "localStorage", {
      get() {
        throw new DOMException("Forbidden here", "SecurityError");
      },
    });
  });
  const tab = await open('idle-after="2"');
  await franz.sees("Idle");
  await move(tab);
  await franz.sees("Online");
});

for (const [what, state] of [
  ["a device that nobody uses", { isUserActive: false, isScreenUnlocked: true }],
  ["a locked screen", { isUserActive: true, isScreenUnlocked: false }],
]) {
  // Gives a permission, and says whether the device is used.
  test(
    `${what} is idle where the page may know, and back with its user`,
    CHROMIUM,
    async ({ browser, host, open, franz, names: { ERIKA } }) => {
      const tab = await open('idle-after="2"', async (tab) => {
        const { targetInfo } = await tab.tell("Target.getTargetInfo");
        const devtools = await browser.newBrowserCDPSession();
        const permission = {
          permissions: ["idleDetection"],
          origin: host.url,
          browserContextId: targetInfo.browserContextId,
        };
        await devtools.send("Browser.grantPermissions", permission);
        await tab.tell("Emulation.setIdleOverride", { isUserActive: true, isScreenUnlocked: true });
      });
      await tab.shows("Online");
      await franz.sees("Online");
      await franz.recorder.forget();
      // Longer than the threshold without any input into the page: the device is used elsewhere.
      await tab.page.waitForTimeout(4_000);
      expect(await franz.recorder.told(ERIKA)).toEqual([]);
      await tab.tell("Emulation.setIdleOverride", state);
      await tab.shows("Idle");
      await franz.sees("Idle");
      await tab.tell("Emulation.setIdleOverride", { isUserActive: true, isScreenUnlocked: true });
      await tab.shows("Online");
      await franz.sees("Online");
    },
  );
}

/** Puts something to type into on a page, and the focus into it, as scripts do: that is nobody's input. */
const FIELDS = {
  "the page itself": () => {
    const field = document.createElement("input");
    document.body.append(field);
    field.focus();
  },
  "a frame that came later": () => {
    const frame = document.createElement("iframe");
    document.body.append(frame);
    frame.contentDocument.body.append(frame.contentDocument.createElement("input"));
    frame.contentDocument.body.lastChild.focus();
  },
  "a frame that was written anew": () => {
    const frame = document.createElement("iframe");
    document.body.append(frame);
    frame.contentDocument.open();
    frame.contentDocument.write("<input>");
    frame.contentDocument.close();
    frame.contentDocument.querySelector("input").focus();
  },
  "a frame in a frame": () =>
    new Promise((resolve) => {
      const frame = document.createElement("iframe");
      frame.srcdoc = "<iframe srcdoc='<input>'></iframe>";
      frame.addEventListener("load", () => {
        frame.contentWindow.frames[0].document.querySelector("input").focus();
        resolve();
      });
      document.body.append(frame);
    }),
  "a frame in a shadow tree": () => {
    const host = document.createElement("div");
    const frame = document.createElement("iframe");
    document.body.append(host);
    host.attachShadow({ mode: "open" }).append(frame);
    frame.contentDocument.body.append(frame.contentDocument.createElement("input"));
    frame.contentDocument.body.lastChild.focus();
  },
};

for (const [where, put] of Object.entries(FIELDS)) {
  for (const [how, type, details] of [
    ["by keys", ({ keyboard }) => keyboard.press("a"), EMBEDDED],
    // Puts it in as the system does; others let a script do it.
    ["without keys, as dictation does", ({ keyboard }) => keyboard.insertText("a"), EMBEDDED_CHROMIUM],
  ]) {
    test(`text that is put into ${where} ${how} is input`, details, async ({ open, franz, names: { ERIKA } }) => {
      const tab = await open('idle-after="2"');
      await franz.sees("Idle");
      await tab.page.evaluate(put);
      await tab.asked();
      await franz.asked();
      await franz.recorder.forget();
      await type(tab.page);
      // It may be over by the time somebody looks.
      await expect.poll(() => franz.recorder.told(ERIKA)).toContain(2);
    });
  }
}

test(
  "text that is put into a frame beside the widget's is input",
  EMBEDDED,
  async ({ context, host, address, franz, names: { ERIKA, FRANZ } }) => {
    const widget = await address(ERIKA, FRANZ, { picker: 'idle-after="2"' });
    const page = await context.newPage();
    await page.goto(host.page(`<iframe src="${widget}"></iframe><iframe srcdoc="<input>"></iframe>`));
    await franz.sees("Idle");
    await franz.asked();
    await franz.recorder.forget();
    await page.evaluate(() => window.frames[1].document.querySelector("input").focus());
    await page.keyboard.press("a");
    await expect.poll(() => franz.recorder.told(ERIKA)).toContain(2);
  },
);

test(
  "a focus that somebody moves is input, and one that a script moves is none",
  // Moves the focus without any script or key.
  EMBEDDED_CHROMIUM,
  async ({ open, franz, names: { ERIKA } }) => {
    const tab = await open('idle-after="2"');
    await franz.sees("Idle");
    await tab.page.evaluate(() => {
      document.body.append(document.createElement("button"), document.createElement("button"));
      document.querySelector("button").focus();
    });
    await tab.asked();
    await franz.asked();
    await franz.recorder.forget();
    await tab.page.evaluate(() => document.querySelector("button:last-of-type").focus());
    await tab.asked();
    await franz.asked();
    expect(await franz.recorder.told(ERIKA)).toEqual([]);
    // Without any script, as assistive technology does.
    const { root } = await tab.tell("DOM.getDocument");
    const { nodeId } = await tab.tell("DOM.querySelector", { nodeId: root.nodeId, selector: "button" });
    await tab.tell("DOM.focus", { nodeId });
    await expect.poll(() => franz.recorder.told(ERIKA)).toContain(2);
  },
);

test(
  "what a user chooses about idleness holds on all of their devices, and over a reload",
  EMBEDDED,
  async ({ open, franz, person, names: { ERIKA, FRANZ } }) => {
    const tab = await open('idle-after="2"');
    await franz.sees("Idle");
    const mine = tab.page.getByRole("button", { name: /^My status:/ });
    const shows = tab.page.getByRole("checkbox", { name: "Show when I am idle" });
    await mine.click();
    await shows.uncheck();
    await franz.sees("Online");
    await tab.page.keyboard.press("Escape");

    // Another device, whose page says that one is idle after two seconds, too; neither has any input.
    const other = await person(ERIKA, FRANZ, { picker: 'idle-after="2"' });
    await other.shows("Online");
    await tab.page.reload();
    await tab.shows("Online");
    await franz.asked();
    await franz.recorder.forget();
    await tab.page.waitForTimeout(4_000);
    await franz.asked();
    expect(await franz.recorder.told(ERIKA)).toEqual([]);

    // Back on the other device, and it holds here.
    await other.page.getByRole("button", { name: /^My status:/ }).click();
    const there = other.page.getByRole("checkbox", { name: "Show when I am idle" });
    await expect(there).not.toBeChecked();
    await there.check();
    await franz.sees("Idle");
    // A longer time than the page says: who is idle by the page's is not by the user's.
    await other.page.getByRole("combobox", { name: "Idle after" }).selectOption("10 minutes");
    await franz.sees("Online");
    await franz.asked();
    await franz.recorder.forget();
    await tab.page.waitForTimeout(4_000);
    await franz.asked();
    expect(await franz.recorder.told(ERIKA)).toEqual([]);
    await mine.click();
    await expect(tab.page.getByRole("combobox", { name: "Idle after" })).toHaveValue("10 minutes");
  },
);
