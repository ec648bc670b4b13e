// A refused token is asked for afresh at once, and then again and again, ever more rarely, until one is accepted. Where
// coming back is pointless, nobody comes back.

import { inSeconds, serverWithTokens, token } from "../support/jwt.js";
import { inTime } from "../support/minutes.js";
import { test as base, EMBEDDED, expect, holdTime, withClock } from "../support/people.js";
import { Recorder } from "../support/recorder.js";
import { Tab } from "../support/tab.js";
import { setVisible } from "../support/visibility.js";

const FRANZ = "franz@example.com";
const GOOD = () => token({ sub: "erika@example.com", exp: inSeconds(600) });
const BAD = () => token({ sub: "erika@example.com", exp: inSeconds(600) }, "x".repeat(40));
/** Of somebody who can have no name here: nothing that passes. */
const NOBODYS = () => token({ sub: "", exp: inSeconds(600) });
const HTML = () => "<!doctype html><title>Log in</title>";

const test = base.extend({
  server: async ({ host }, use) => serverWithTokens([host.url], use),

  /** Erika's page, whose endpoint gives one of `tokens` after the other, and the last one from then on. */
  erika: async ({ context, host, link, server }, use) => {
    const erika = await Tab.make(context);
    erika.asked = 0;
    erika.tokens = [GOOD];
    host.answer("token", () => erika.tokens[Math.min(erika.asked++, erika.tokens.length - 1)]());
    erika.recorder = await Recorder.install(erika.page);
    await withClock(erika.page);
    const head = `<script src="${server.url}/mistatus.js" data-server="${link.stream}" data-token-url="/token"></script>`;
    await erika.page.goto(
      // However many minutes pass, nobody becomes idle.
      host.page(`<mi-my-status no-idle>…</mi-my-status><mi-status contact="${FRANZ}">…</mi-status>`, { head }),
    );
    await erika.shows("Online");
    await erika.page.evaluate(() => {
      window.heard = [];
      for (const type of ["Signin", "Signout", "MyStatusChange"]) {
        window.mistatus.messenger.addEventListener(type, ({ args }) => window.heard.push([type, ...args]));
      }
    });
    await use(erika);
  },
});

test("a token that ended during a break is asked for afresh, and all goes on", EMBEDDED, async ({ erika, link }) => {
  erika.tokens = [GOOD, BAD, GOOD];
  await holdTime(erika);
  const called = link.accepted;
  link.cut();
  await expect.poll(() => erika.sockets.open()).toBe(0);
  await erika.page.clock.runFor(1_000);
  await expect.poll(() => link.accepted).toBe(called + 2);
  await erika.shows("Online");
  await erika.page.evaluate(() => window.mistatus.messenger.queryMyStatus());
  expect(erika.asked).toBe(3);
  expect(await erika.page.evaluate(() => window.heard.filter(([, hr]) => hr < 0))).toEqual([]);
});

const isOnline = (erika) => () => erika.page.evaluate(() => window.mistatus.messenger.MyStatus === 2);

test(
  "a page that is open while the server has the wrong key comes back with the right one",
  EMBEDDED,
  async ({ erika, server }) => {
    await server.restartWithKey("another secret, just as long as the right one");
    await inTime(erika.page, () => erika.page.locator("mi-my-status").evaluate((me) => me.hasAttribute("error")));
    await expect(erika.page.locator("mi-my-status")).toHaveAttribute("error", "MSGR_E_INVALID_PASSWORD");
    await server.restartWithKey();
    await inTime(erika.page, isOnline(erika));
    await erika.shows("Online");
    await expect(erika.page.locator("mi-my-status")).not.toHaveAttribute("error");
  },
);

for (const [what, wrong] of Object.entries({ "tokens of another signer": BAD, "a login page": HTML })) {
  test(
    `an endpoint that gives ${what} for a while is asked until it gives a token`,
    EMBEDDED,
    async ({ erika, link }) => {
      erika.tokens = [GOOD, wrong];
      link.cut();
      await inTime(erika.page, async () => erika.asked >= 6);
      erika.tokens = [GOOD];
      await inTime(erika.page, isOnline(erika));
      await erika.shows("Online");
    },
  );
}

test("a page whose tokens are refused asks again when it is looked at", EMBEDDED, async ({ erika, link }) => {
  erika.tokens = [GOOD, BAD];
  link.cut();
  await expect.poll(() => erika.page.evaluate(() => window.heard.at(-1))).toEqual(["MyStatusChange", -2130705661, 1]);
  await setVisible(erika.page, false);
  await erika.page.clock.fastForward(5_000);
  expect(await isOnline(erika)()).toBe(false);
  erika.tokens = [GOOD];
  await setVisible(erika.page, true);
  await erika.shows("Online");
});

test("a token that can never be accepted is the end, with the reason", EMBEDDED, async ({ erika, link }) => {
  erika.tokens = [GOOD, NOBODYS];
  link.cut();
  await expect.poll(() => erika.page.evaluate(() => window.heard.at(-1))).toEqual(["MyStatusChange", -2130705661, 1]);
  await erika.shows("Offline");
  await erika.sees("Unknown");
  expect(erika.asked).toBe(3);
  const called = link.accepted;
  await erika.page.clock.fastForward(3_600_000);
  await setVisible(erika.page, false);
  await setVisible(erika.page, true);
  await erika.page.clock.fastForward(3_600_000);
  expect(link.accepted).toBe(called);
  expect(erika.asked).toBe(3);
});
