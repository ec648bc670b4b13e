// What the script tag begins before the WebAssembly is there: the token, the socket, the sign-in. All of it is used, or ended.

import { gate } from "./support/gate.js";
import { expect, test } from "./support/test.js";
import { observed } from "./support/visibility.js";

const ALICE = "alice@example.com";

/** Notes every socket of a page: what went over it, and whether it is over. */
function sockets(page) {
  const all = [];
  page.on("websocket", (socket) => {
    const noted = { sent: [], received: [], closed: false };
    all.push(noted);
    socket.on("framesent", ({ payload }) => noted.sent.push(JSON.parse(payload)));
    socket.on("framereceived", ({ payload }) => noted.received.push(JSON.parse(payload)));
    socket.on("close", () => {
      noted.closed = true;
    });
  });
  return all;
}

const types = (frames) => frames.map(({ type }) => type);

/** A page whose script tag says that the user is Alice, with a dot for herself. */
function alicesPage(host, server, attributes = "") {
  return host.page(`<mi-status contact="${ALICE}"></mi-status>`, {
    head: `<script src="${host.url}/widget/mistatus.js" data-server="${server.stream}" data-signin-name="${ALICE}" ${attributes}></script>`,
  });
}

test("the sign-in does not wait for the WebAssembly, and is the only one", async ({ page, host, server }) => {
  host.answer("token", () => "a token");
  const all = sockets(page);
  const letPass = await gate(page, /\.wasm$/);
  const signIn = await gate(page, /\/token$/);
  await page.goto(alicesPage(host, server, `data-token-url="${host.url}/token"`));
  // Asked for is who is in sight by then.
  await observed(page.locator("mi-status"));
  signIn();
  // With the statuses that the page is about to show.
  await expect.poll(() => types(all[0]?.received ?? [])).toEqual(["signed-in", "snapshot", "changes", "outcome"]);
  expect(all[0].sent.slice(1)).toEqual([{ type: "watch", id: Number.MAX_SAFE_INTEGER, names: [ALICE] }]);
  letPass();
  await expect(page.locator("mi-status")).toHaveAttribute("status", /^(?!unknown)/);
  expect(all).toHaveLength(1);
  expect(all[0].closed).toBe(false);
  expect(types(all[0].sent).filter((type) => type === "signin")).toHaveLength(1);
  expect(await page.evaluate(() => window.mistatus.messenger.MyStatus)).toBe(2);
  // What was begun is ended as ever.
  await page.evaluate(() => window.mistatus.messenger.Signout());
  await expect.poll(() => all[0].received.at(-1)).toEqual({ type: "bye", hr: 0 });
});

test("the token is fetched once, early, and used", async ({ page, host, server }) => {
  let asked = 0;
  host.answer("token", () => {
    asked += 1;
    return "a token that an open server does not read";
  });
  const all = sockets(page);
  const letPass = await gate(page, /\.wasm$/);
  await page.goto(alicesPage(host, server, `data-token-url="${host.url}/token"`));
  await expect.poll(() => all[0]?.sent[0]?.token).toBe("a token that an open server does not read");
  letPass();
  await page.evaluate(() => window.mistatus.ready);
  expect(asked).toBe(1);
  expect(all).toHaveLength(1);
});

test("the socket does not wait for the token", async ({ page, host, server }) => {
  host.answer("token", () => "a token");
  const all = sockets(page);
  const letPass = await gate(page, /\/token$/);
  await page.goto(alicesPage(host, server, `data-token-url="${host.url}/token"`));
  await expect.poll(() => all.length).toBe(1);
  expect(all[0].sent).toEqual([]);
  letPass();
  await page.evaluate(() => window.mistatus.ready);
  expect(all).toHaveLength(1);
});

test("a client that would have said something else says it on a socket of its own", async ({ page, host, server }) => {
  // The early sign-in of a page whose script has been tampered with, or of another release.
  await page.addInitScript(() => {
    const { stringify } = JSON;
    let times = 0;
    JSON.stringify = (value, ...rest) =>
      stringify(value?.type === "signin" && times++ === 0 ? { ...value, idleFor: 1 } : value, ...rest);
  });
  const all = sockets(page);
  // A client that came before the early sign-in would take the socket and sign in over it itself.
  const letPass = await gate(page, /\.wasm$/);
  await page.goto(alicesPage(host, server));
  await expect.poll(() => types(all[0]?.sent ?? [])).toContain("signin");
  letPass();
  await expect(page.locator("mi-status")).toHaveAttribute("status", /^(?!unknown)/);
  await expect.poll(() => all.map(({ closed }) => closed)).toEqual([true, false]);
  expect(all[1].sent[0]).toEqual({ type: "signin", name: ALICE });
  expect(await page.evaluate(() => window.mistatus.messenger.MyStatus)).toBe(2);
});

test("who may be idle does not sign in early, on the socket that is there already", async ({ page, host, server }) => {
  await page.goto(alicesPage(host, server));
  await page.evaluate(() => window.mistatus.ready);
  await page.evaluate(() => localStorage.setItem("mistatus.last-input", Date.now() - 3_600_000));
  const all = sockets(page);
  await page.reload();
  await page.evaluate(() => window.mistatus.ready);
  expect(all).toHaveLength(1);
  expect(all[0].sent[0].idleFor).toBeGreaterThanOrEqual(3_600_000);
  expect(types(all[0].sent).filter((type) => type === "signin")).toHaveLength(1);
});

test("whoever comes to a page by hand after a long time is there", async ({ page, host, server }) => {
  await page.addInitScript(() => localStorage.setItem("mistatus.last-input", Date.now() - 86_400_000));
  const all = sockets(page);
  await page.goto(alicesPage(host, server));
  await page.evaluate(() => window.mistatus.ready);
  expect(all[0].sent[0]).toEqual({ type: "signin", name: ALICE });
  expect(await page.evaluate(() => window.mistatus.messenger.MyStatus)).toBe(2);
});

test("whoever signs out before the WebAssembly has connected is not signed in by the loader", async ({
  page,
  host,
  server,
}) => {
  host.answer("token", () => "a token");
  const all = sockets(page);
  const letPass = await gate(page, /\/token$/);
  await page.goto(alicesPage(host, server, `data-token-url="${host.url}/token"`));
  await page.waitForFunction(() => window.mistatus.messenger);
  await expect.poll(() => all.length).toBe(1);
  await page.evaluate(() => window.mistatus.messenger.Signout());
  letPass();
  await expect.poll(() => all[0].closed).toBe(true);
  expect(all[0].sent).toEqual([]);
  expect(all).toHaveLength(1);
});

test("a messenger that is taken away, or signs in as somebody else, takes its early connection along", async ({
  page,
  host,
  server,
}) => {
  const all = sockets(page);
  const letPass = await gate(page, /\.wasm$/);
  await page.goto(
    host.page(
      `<mi-messenger server="${server.stream}" signin-name="${ALICE}"><mi-status contact="${ALICE}"></mi-status></mi-messenger>`,
      {
        head: `<script src="${host.url}/widget/mistatus.js"></script>`,
      },
    ),
  );
  await expect.poll(() => types(all[0]?.received ?? [])).toContain("snapshot");
  await page.evaluate(() => document.querySelector("mi-messenger").setAttribute("signin-name", "bob@example.com"));
  await expect.poll(() => all[0].closed).toBe(true);
  expect(types(all[0].sent).at(-1)).toBe("signout");
  await expect.poll(() => all[1]?.sent[0]).toEqual({ type: "signin", name: "bob@example.com" });
  await page.evaluate(() => document.querySelector("mi-messenger").remove());
  await expect.poll(() => all[1].closed).toBe(true);
  letPass();
});

test("what a framework sets after it has inserted a messenger belongs to its first connection", async ({
  page,
  host,
  server,
}) => {
  const all = sockets(page);
  await page.goto(host.page("", { head: `<script src="${host.url}/widget/mistatus.js"></script>` }));
  await page.evaluate(
    ([stream, name]) => {
      const messenger = document.createElement("mi-messenger");
      messenger.innerHTML = `<mi-status contact="${name}"></mi-status>`;
      document.body.append(messenger);
      messenger.server = stream;
      messenger.signinName = name;
    },
    [server.stream, ALICE],
  );
  await expect(page.locator("mi-status")).toHaveAttribute("status", "online");
  expect(all.map(({ sent }) => sent[0])).toEqual([{ type: "signin", name: ALICE }]);
});

test("a tab that shares another's connection opens no socket", async ({ context, host, server }) => {
  const address = alicesPage(host, server);
  const [first, second] = [await context.newPage(), await context.newPage()];
  await first.goto(address);
  await first.evaluate(() => window.mistatus.ready);
  const all = sockets(second);
  await second.goto(address);
  await second.evaluate(() => window.mistatus.ready);
  await expect(second.locator("mi-status")).toHaveAttribute("status", /^(?!unknown)/);
  expect(all).toHaveLength(0);
});

test("where the WebAssembly is forbidden, nobody stays signed in", async ({ page, host, server }) => {
  const all = sockets(page);
  const policy = `script-src ${host.url}; connect-src ${host.url} ${server.stream}`;
  await page.goto(
    host.page(`<mi-status contact="${ALICE}"></mi-status>`, {
      head: `<script src="${host.url}/widget/mistatus.js" data-server="${server.stream}" data-signin-name="${ALICE}"></script>`,
      policy,
    }),
  );
  await expect(page.locator("mi-status")).toHaveAttribute("error", "csp");
  await expect.poll(() => all.every(({ closed }) => closed)).toBe(true);
  expect(all.flatMap(({ sent }) => types(sent)).filter((type) => type.startsWith("sign"))).toEqual(
    all[0]?.sent.length ? ["signin", "signout"] : [],
  );
});

test("a dot has its place before anything is known", async ({ page, host, server }) => {
  await page.route(/\.wasm$/, (route) => route.abort());
  await page.goto(alicesPage(host, server));
  const element = page.locator("mi-status");
  await expect(element.locator(".mi-dot")).toHaveAttribute("data-status", "unknown");
  const early = await element.boundingBox();
  await page.unroute(/\.wasm$/);
  await page.reload();
  await expect(element.getByRole("img")).toHaveCount(1);
  expect(await element.boundingBox()).toEqual(early);
});
