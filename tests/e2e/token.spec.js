// Who somebody is says the page's own back end: tokens by `data-token-url`, their renewal and their refusal.

import { inSeconds, serverWithTokens, token } from "./support/jwt.js";
import { test as base, expect } from "./support/test.js";

const test = base.extend({
  server: async ({ host }, use) => {
    await serverWithTokens([host.url], use);
  },

  /** Puts up a page that asks an endpoint of its own for tokens; returns its address and how often it was asked. */
  pageWithToken: async ({ host, server }, use) => {
    await use((give) => {
      const asked = { times: 0 };
      host.answer("token", () => {
        asked.times += 1;
        return give(asked.times);
      });
      const head = `<script src="${server.url}/mistatus.js" data-token-url="/token" data-signin-name="mallory@example.com"></script>`;
      const body = '<mi-my-status>Who knows</mi-my-status><mi-status contact="erika@example.com"></mi-status>';
      return { address: host.page(body, { head }), asked };
    });
  },
});

test("a user is who the token says, whatever the page says", async ({ page, pageWithToken }) => {
  const claims = { sub: "erika@example.com", name: "Erika Mustermann", exp: inSeconds(600) };
  const { address } = pageWithToken(() => JSON.stringify({ token: token(claims) }));
  await page.goto(address);
  await expect(page.getByRole("button", { name: "My status: Online" })).toBeVisible();
  const me = await page.evaluate(() => {
    const { MySigninName, MyFriendlyName } = window.mistatus.messenger;
    return { MySigninName, MyFriendlyName };
  });
  expect(me).toEqual({ MySigninName: "erika@example.com", MyFriendlyName: "Erika Mustermann" });
  await expect(page.getByRole("img", { name: "Online" })).toBeVisible();
});

test("a token that ends is renewed without a break", async ({ page, pageWithToken }) => {
  const { address, asked } = pageWithToken(() => token({ sub: "erika@example.com", exp: inSeconds(4) }));
  await page.goto(address);
  await expect(page.getByRole("button", { name: "My status: Online" })).toBeVisible();
  await page.evaluate(() => {
    window.heard = [];
    window.mistatus.messenger.OnMyStatusChange = (...change) => window.heard.push(change);
  });
  // Past the end of the first token and of the second.
  await expect.poll(() => asked.times, { timeout: 30_000 }).toBeGreaterThanOrEqual(4);
  await page.evaluate(() => window.mistatus.messenger.queryMyStatus());
  const heard = await page.evaluate(() => window.heard);
  expect(heard.filter(([hr]) => hr !== 0)).toEqual([]);
  expect(heard.at(-1)).toEqual([0, 2]);
});

test("a token of another signer is asked for once more and then later", async ({ page, pageWithToken }) => {
  const { address, asked } = pageWithToken(() =>
    token({ sub: "erika@example.com", exp: inSeconds(600) }, "x".repeat(40)),
  );
  await page.goto(address);
  const refused = await page.evaluate(() =>
    window.mistatus.ready.then(
      () => "signed in",
      ({ name, code, number }) => ({ name, code, number }),
    ),
  );
  expect(refused).toEqual({ name: "MessengerError", code: "MSGR_E_INVALID_PASSWORD", number: -2130705661 });
  await expect(page.locator("mi-my-status")).toHaveAttribute("status", "offline");
  // Whoever asks for `ready` after a failure has it tried again.
  expect([2, 4]).toContain(asked.times);
  expect(await page.evaluate(() => window.mistatus.messenger.MyStatus)).toBe(1);
});

test("a refused sign-in leaves nothing of what the user saw", async ({ page, host, server }) => {
  let secret;
  host.answer("token", () => token({ sub: "erika@example.com", exp: inSeconds(600) }, secret));
  const head = `<script src="${server.url}/mistatus.js" data-token-url="/token" data-signin-name="erika@example.com"></script>`;
  // One sees oneself.
  await page.goto(host.page('<mi-status contact="erika@example.com">…</mi-status>', { head }));
  const own = page.locator("mi-status");
  await expect(own).toHaveAttribute("status", "online");
  secret = "x".repeat(40);
  await page.reload();
  await expect(own).toHaveAttribute("status", "unknown");
  const kept = () => page.evaluate(() => Object.keys(sessionStorage).filter((key) => key.includes("last-known")));
  await expect.poll(kept).toEqual([]);
});

test("an element that is given the same again stays connected, and asks its newest function next", async ({
  page,
  host,
  server,
}) => {
  const sockets = [];
  page.on("websocket", (socket) => sockets.push(socket.url()));
  const give = () => token({ sub: "erika@example.com", exp: inSeconds(600) });
  host.answer("first", give);
  host.answer("newest", give);
  const head = `<script src="${server.url}/mistatus.js"></script>`;
  await page.goto(
    host.page(`<mi-messenger server="${server.stream}"><mi-my-status>…</mi-my-status></mi-messenger>`, { head }),
  );
  await page.evaluate(async () => {
    window.asked = [];
    // As a component gives it that is rendered again: each time another function, which does the same.
    window.give = (address) => () => {
      window.asked.push(address);
      return fetch(address).then((response) => response.text());
    };
    document.querySelector("mi-messenger").token = window.give("/first");
    window.changes = 0;
    const observer = new MutationObserver((changes) => {
      window.changes += changes.length;
    });
    // What is begun anew with a token is so in a microtask; what was begun without one ends.
    await Promise.resolve();
    await document.querySelector("mi-messenger").ready;
    observer.observe(document.querySelector("mi-my-status"), { attributeFilter: ["status"] });
  });
  await expect(page.locator("mi-my-status")).toHaveAttribute("status", "online");
  const before = sockets.length;
  const same = await page.evaluate(async (stream) => {
    const element = document.querySelector("mi-messenger");
    const { messenger } = element;
    window.changes = 0;
    for (let time = 0; time < 4; time += 1) {
      element.token = window.give("/newest");
      element.setAttribute("server", stream);
      element.server = stream;
      element.signinName = "";
      element.friendlyName = null;
      // What would be made anew is so in a microtask.
      await Promise.resolve();
    }
    await messenger.queryMyStatus();
    return element.messenger === messenger;
  }, server.stream);
  expect(same).toBe(true);
  expect(sockets).toHaveLength(before);
  expect(await page.evaluate(() => window.changes)).toBe(0);

  await server.kill();
  await server.restart();
  await expect.poll(() => page.evaluate(() => window.asked.at(-1))).toBe("/newest");
  await expect(page.locator("mi-my-status")).toHaveAttribute("status", "online");

  // Another token is another user.
  await page.evaluate(
    (token) => {
      document.querySelector("mi-messenger").token = token;
    },
    token({ sub: "franz@example.com", exp: inSeconds(600) }),
  );
  await expect
    .poll(() => page.evaluate(async () => (await document.querySelector("mi-messenger").ready).MySigninName))
    .toBe("franz@example.com");
  const steady = sockets.length;
  const kept = await page.evaluate(async () => {
    const element = document.querySelector("mi-messenger");
    const { messenger, token } = element;
    for (let time = 0; time < 4; time += 1) {
      element.token = token;
      await Promise.resolve();
    }
    await messenger.queryMyStatus();
    return element.messenger === messenger;
  });
  expect(kept).toBe(true);
  expect(sockets).toHaveLength(steady);
});
