// Tabs of one browser profile share one connection, whatever happens to the one that holds it.

import { inSeconds, serverWithTokens, token } from "./support/jwt.js";
import { openSockets } from "./support/sockets.js";
import { Tab } from "./support/tab.js";
import { test as base, CHROMIUM, expect, Server } from "./support/test.js";

const ERIKA = "erika@example.com";
const FRANZ = "franz@example.com";

const test = base.extend({
  // Without the demo's crowd, so that its sockets can be counted.
  server: async ({ host }, use) => {
    const server = await Server.start([host.url], ["--auth", "open"]);
    await use(server);
    await server.stop();
  },

  /** Puts up a page for somebody, with somebody else on it, and returns its address. */
  address: async ({ host, server }, use) => {
    await use((name, contact, attributes = "") =>
      host.page(`<mi-my-status>…</mi-my-status><mi-status contact="${contact}">…</mi-status>`, {
        head: `<script src="${server.url}/mistatus.js" data-signin-name="${name}" ${attributes}></script>`,
      }),
    );
  },

  /** Opens browser profiles. */
  profile: async ({ browser }, use) => {
    const contexts = [];
    await use(async (options) => {
      const context = await browser.newContext(options);
      contexts.push(context);
      return context;
    });
    await Promise.all(contexts.map((context) => context.close()));
  },

  /** Erika with two tabs, the first of which leads, and Franz in a browser of his own, who must not notice anything. */
  three: async ({ address, profile }, use) => {
    const [mine, his] = [await profile(), await profile()];
    const leader = await opened(mine, address(ERIKA, FRANZ));
    const follower = await opened(mine, address(ERIKA, FRANZ));
    const franz = await opened(his, address(FRANZ, ERIKA));
    await leader.sees("Online");
    await follower.sees("Online");
    await franz.sees("Online");
    expect(await openSockets(leader, follower)).toEqual([1, 0]);
    for (const tab of [leader, follower, franz]) {
      await tab.asked();
      await tab.forget();
    }
    await use({ leader, follower, franz, context: mine });
  },
});

async function opened(context, address) {
  const tab = await Tab.open(context, address);
  await tab.shows("Online");
  return tab;
}

/** Returns how many sockets are open at the server. */
async function connections(server) {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return Number(/^mistatus_connections (\d+)$/m.exec(text)[1]);
}

/** Returns what a tab was told but for the answers about oneself. */
async function aboutOthers(tab) {
  return (await tab.told()).filter(([type]) => type !== "mi-my-status-change");
}

/** The follower holds the connection now, nobody saw anything of it, and what one does arrives at the other. */
async function tookOver({ follower, franz }) {
  await expect.poll(() => follower.sockets.open()).toBe(1);
  await follower.asked();
  await franz.asked();
  expect(await aboutOthers(follower)).toEqual([]);
  expect((await follower.told()).filter(([, , status]) => status !== 2)).toEqual([]);
  await follower.choose("Busy");
  await franz.sees("Busy");
  expect(await aboutOthers(franz)).toEqual([["mi-status-change", ERIKA, 10]]);
  await franz.choose("Away");
  await follower.sees("Away");
}

test("two tabs have one socket and show the same", async ({ three, server }) => {
  const { leader, follower, franz } = three;
  expect(await connections(server)).toBe(2);
  await follower.choose("Busy");
  await leader.shows("Busy");
  await franz.sees("Busy");
  await leader.choose("Be right back");
  await follower.shows("Be right back");
  await franz.choose("Do not disturb");
  await leader.sees("Do not disturb");
  await follower.sees("Do not disturb");
});

test("what a tab asks through another is answered to it alone", async ({ three }) => {
  const { leader, follower } = three;
  const outcome = await follower.page.evaluate(async () => {
    const { messenger } = window.mistatus;
    await messenger.setMyStatus(10, { note: "Reading" });
    const added = new Promise((resolve) => messenger.addEventListener("ContactListAdd", resolve, { once: true }));
    messenger.AddContact(0, "gustav@example.com");
    const { hr, contact } = await added;
    return {
      status: await messenger.queryMyStatus(),
      hr,
      added: contact.SigninName,
      count: messenger.MyContacts.Count,
    };
  });
  expect(outcome).toEqual({ status: 10, hr: 0, added: "gustav@example.com", count: 1 });
  await expect.poll(() => leader.page.evaluate(() => window.mistatus.messenger.MyContacts.Count)).toBe(1);
});

test("another tab goes on when the first is closed", async ({ three }) => {
  await three.leader.page.close();
  await tookOver(three);
});

test("a connection outlives every tab that ever held it", async ({ address, three, server }) => {
  test.setTimeout(90_000);
  const { leader, follower, franz, context } = three;
  const tabs = [leader, follower];
  for (let round = 0; round < 6; round += 1) {
    await tabs.shift().page.close();
    tabs.push(await opened(context, address(ERIKA, FRANZ)));
    await expect.poll(() => tabs[0].sockets.open()).toBe(1);
    expect(await tabs[1].sockets.open()).toBe(0);
    await tabs[1].sees("Online");
  }
  await franz.asked();
  expect(await aboutOthers(franz)).toEqual([]);
  expect(await connections(server)).toBe(2);
});

test("another tab goes on when the first is reloaded, which then follows", async ({ three }) => {
  await three.leader.page.reload();
  await three.leader.shows("Online");
  await tookOver(three);
  await three.leader.shows("Busy");
  expect(await three.leader.sockets.open()).toBe(0);
});

// Ends a renderer.
test("another tab goes on when the first one's renderer crashes", CHROMIUM, async ({ three }) => {
  const crashed = three.leader.page.waitForEvent("crash");
  three.leader.tell("Page.crash").catch(() => {});
  await crashed;
  await tookOver(three);
});

test("a tab that hangs is replaced", async ({ three, server }) => {
  test.setTimeout(90_000);
  const { leader, follower, franz } = three;
  const until = Date.now() + 20_000;
  const hang = leader.page.evaluate((end) => {
    while (Date.now() < end) {
      // Hangs.
    }
  }, until);
  await expect.poll(() => follower.sockets.open(), { timeout: 18_000 }).toBe(1);
  await follower.choose("Busy");
  await franz.sees("Busy");
  await hang;
  await leader.shows("Busy");
  await expect.poll(() => leader.sockets.open()).toBe(0);
  expect(await connections(server)).toBe(2);
});

test("signing out in one tab signs all out", async ({ three, server }) => {
  const { leader, follower, franz } = three;
  await follower.page.evaluate(() => window.mistatus.messenger.Signout());
  await leader.shows("Offline");
  await follower.shows("Offline");
  await franz.sees("Offline");
  await expect.poll(() => connections(server)).toBe(1);
});

test("closing one messenger of a page leaves the other one signed in", async ({ three, server }) => {
  const { leader, follower, franz } = three;
  const second = await leader.page.evaluate(async (stream) => {
    window.second = await window.mistatus.connect({
      server: stream,
      signinName: "Erika@example.com",
      extendedStates: true,
    });
    return window.second.MyStatus;
  }, server.stream);
  expect(second).toBe(2);
  expect(await connections(server)).toBe(2);
  await leader.page.evaluate(() => window.mistatus.messenger.close());
  await expect.poll(() => leader.page.evaluate(() => window.second.queryMyStatus())).toBe(2);
  await follower.asked();
  await franz.asked();
  expect(await aboutOthers(franz)).toEqual([]);
  expect(await connections(server)).toBe(2);
});

test("two profiles have a socket each, and are one person", async ({ address, profile, server }) => {
  const [first, second] = [await profile(), await profile()];
  const tabs = [await opened(first, address(ERIKA, FRANZ)), await opened(second, address(ERIKA, FRANZ))];
  expect(await openSockets(...tabs)).toEqual([1, 1]);
  expect(await connections(server)).toBe(2);
  await tabs[0].choose("Busy");
  await tabs[1].shows("Busy");
});

test("two people in one profile share nothing", async ({ address, profile, server }) => {
  const context = await profile();
  const erika = await opened(context, address(ERIKA, FRANZ));
  const franz = await opened(context, address(FRANZ, ERIKA));
  expect(await openSockets(erika, franz)).toEqual([1, 1]);
  await franz.choose("Busy");
  await erika.sees("Busy");
  await erika.shows("Online");
  expect(await connections(server)).toBe(2);
});

base("tabs whose tokens are for one user share, and ask for one token each", async ({ browser, host }) => {
  await serverWithTokens([host.url], async (server) => {
    const asked = [];
    for (const [at, sub] of ["erika@example.com", "jörg@example.com"].entries()) {
      host.answer(`token-${at}`, () => {
        asked.push(sub);
        return token({ sub, exp: inSeconds(600) });
      });
    }
    const page = (at) =>
      host.page("<mi-my-status>…</mi-my-status>", {
        head: `<script src="${server.url}/mistatus.js" data-token-url="/token-${at}"></script>`,
      });
    const context = await browser.newContext();
    await opened(context, page(0));
    await opened(context, page(0));
    const joerg = await opened(context, page(1));
    expect(await connections(server)).toBe(2);
    await joerg.choose("Busy");
    const second = await Tab.open(context, page(1));
    await second.shows("Busy");
    expect(await connections(server)).toBe(2);
    expect(asked).toEqual(["erika@example.com", "erika@example.com", "jörg@example.com", "jörg@example.com"]);
    // Whoever takes the connection over needs a token of their own for it.
    await joerg.page.close();
    await expect.poll(() => second.sockets.open()).toBe(1);
    await second.asked();
    expect(asked).toHaveLength(5);
    await context.close();
  });
});

test("a page may keep its connection to itself", async ({ address, profile, server }) => {
  const context = await profile();
  const own = 'data-share-connection="false"';
  await opened(context, address(ERIKA, FRANZ));
  await opened(context, address(ERIKA, FRANZ, own));
  await opened(context, address(ERIKA, FRANZ, own));
  expect(await connections(server)).toBe(3);
});

test("elements say with whom their connection is shared", async ({ host, profile, server }) => {
  const page = (share) =>
    host.page(
      `<mi-messenger server="${server.stream}" signin-name="${ERIKA}" share-connection="${share}"><mi-my-status>…</mi-my-status></mi-messenger>`,
      { head: `<script src="${server.url}/mistatus.js"></script>` },
    );
  const context = await profile();
  for (const [share, sockets] of [
    ["erika", 1],
    ["erika", 1],
    ["true", 2],
    ["", 2],
    ["false", 3],
    ["false", 4],
  ]) {
    await opened(context, page(share));
    expect(await connections(server)).toBe(sockets);
  }
});

test("what is under way when the connection changes hands is done once", async ({ three }) => {
  const { leader, follower, franz } = three;
  const [outcomes] = await Promise.all([
    follower.page.evaluate(async () => {
      const { messenger } = window.mistatus;
      const added = [];
      messenger.OnContactListAdd = (hr, contact) => added.push([hr, contact.SigninName]);
      for (let at = 0; at < 20; at += 1) {
        messenger.AddContact(0, `p${at}@example.com`);
      }
      await messenger.setMyStatus(10);
      await messenger.queryMyStatus();
      return { added, count: messenger.MyContacts.Count };
    }),
    leader.page.close(),
  ]);
  const [{ received }] = await follower.sockets.all();
  expect(JSON.parse(received[0])).toMatchObject({ type: "signed-in", resumed: true });
  expect(outcomes.added).toEqual(Array.from({ length: 20 }, (_, at) => [0, `p${at}@example.com`]));
  expect(outcomes.count).toBe(20);
  await franz.sees("Busy");
  expect(await aboutOthers(franz)).toEqual([["mi-status-change", ERIKA, 10]]);
});

for (const [what, remove] of [
  ["locks", () => delete Navigator.prototype.locks],
  ["channels", () => delete window.BroadcastChannel],
  [
    "locks for this page",
    () => {
      LockManager.prototype.request = () => Promise.reject(new DOMException("Forbidden here", "SecurityError"));
    },
  ],
]) {
  test(`without ${what} every tab has a socket of its own`, async ({ address, profile, server }) => {
    const context = await profile();
    await context.addInitScript(remove);
    const tabs = [await opened(context, address(ERIKA, FRANZ)), await opened(context, address(ERIKA, FRANZ))];
    expect(await openSockets(...tabs)).toEqual([1, 1]);
    expect(await connections(server)).toBe(2);
    await tabs[1].choose("Busy");
    await tabs[0].shows("Busy");
  });
}

test("what other scripts post to the tabs does no harm", async ({ host, three }) => {
  const { leader, follower, franz } = three;
  const errors = [];
  for (const { page } of [leader, follower]) {
    page.on("pageerror", (error) => errors.push(error.message));
  }
  const names = await leader.page.evaluate(async () => (await navigator.locks.query()).held.map(({ name }) => name));
  expect(names).toHaveLength(1);
  const stranger = await three.context.newPage();
  await stranger.goto(host.page("Somebody else's script"));
  await stranger.evaluate((name) => {
    const channel = new BroadcastChannel(name);
    const wrong = [
      null,
      7,
      "text",
      {},
      [],
      [null],
      [0.5],
      [-1],
      [1e300],
      [Number.NaN],
      [7],
      ["0"],
      [4],
      [4, 7],
      [5, {}],
      [2],
      [2, "yes"],
    ];
    wrong.push(
      [1],
      [1, 1, 1],
      [1, "a", "b", true, "{}"],
      [1, 5, 5, true, "{}"],
      [1, 5, 6, false, 7],
      [4, "no frame"],
      [4, "{}"],
    );
    wrong.push(
      [5, "no frame"],
      [6, ""],
      [6, " x", "y\n"],
      [6, 7],
      new Map(),
      new ArrayBuffer(8),
      [[0]],
      [3],
      [4, '{"t":"signed-in"}'],
    );
    for (const message of wrong) {
      channel.postMessage(message);
    }
  }, names[0]);
  await follower.asked();
  await leader.asked();
  await leader.choose("Busy");
  await follower.shows("Busy");
  await franz.sees("Busy");
  expect(errors).toEqual([]);
});
