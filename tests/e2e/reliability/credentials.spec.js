// Where coming back is pointless, nobody comes back: a refused token is asked for afresh once, then it is over.

import { inSeconds, serverWithTokens, token } from "../support/jwt.js";
import { test as base, EMBEDDED, expect, holdTime, withClock } from "../support/people.js";
import { Recorder } from "../support/recorder.js";
import { Tab } from "../support/tab.js";
import { setVisible } from "../support/visibility.js";

const FRANZ = "franz@example.com";
const GOOD = () => token({ sub: "erika@example.com", exp: inSeconds(600) });
const BAD = () => token({ sub: "erika@example.com", exp: inSeconds(600) }, "x".repeat(40));

const test = base.extend({
  server: async ({ host }, use) => serverWithTokens([host.url], use),

  /** Erika's page, whose endpoint gives one of `tokens` after the other, and the last one from then on. */
  erika: async ({ context, host, link, server }, use) => {
    const erika = new Tab(await context.newPage());
    erika.asked = 0;
    erika.tokens = [GOOD];
    host.answer("token", () => erika.tokens[Math.min(erika.asked++, erika.tokens.length - 1)]());
    erika.recorder = await Recorder.install(erika.page);
    await withClock(erika.page);
    const head = `<script src="${server.url}/mistatus.js" data-server="${link.stream}" data-token-url="/token"></script>`;
    await erika.page.goto(
      host.page(`<mi-my-status>…</mi-my-status><mi-status contact="${FRANZ}">…</mi-status>`, { head }),
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
  await expect.poll(() => erika.openSockets).toBe(0);
  await erika.page.clock.runFor(1_000);
  await expect.poll(() => link.accepted).toBe(called + 2);
  await erika.shows("Online");
  await erika.page.evaluate(() => window.mistatus.messenger.queryMyStatus());
  expect(erika.asked).toBe(3);
  expect(await erika.page.evaluate(() => window.heard.filter(([, hr]) => hr < 0))).toEqual([]);
});

test("a token that is refused twice is the end, with the reason", EMBEDDED, async ({ erika, link }) => {
  erika.tokens = [GOOD, BAD];
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
