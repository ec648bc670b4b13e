// The second WebAssembly file, which draws the contact list and conversations: who loads it, and what becomes of those who
// wait for it.

import { gate } from "./support/gate.js";
import { expect, test } from "./support/test.js";

const PANELS = /\/mistatus-panels-[0-9a-f]{8}\.wasm$/;

const loader = (server, name = "franz@example.com") =>
  `<script src="${server.url}/mistatus.js" data-signin-name="${name}"></script>`;

/** Collects what a page asks for. */
const requests = (page) => {
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  return { panels: () => asked.filter((name) => PANELS.test(name)).length };
};

/** What must not be there where nothing went wrong. */
const complaints = (said) => said.filter(({ type }) => type === "error" || type === "pageerror");

const online = (page) => page.getByRole("button", { name: "My status: Online" });
const list = (page) => page.getByRole("button", { name: "Add contact" });

test.beforeEach(({ host }) => {
  // Else the browser complains of it, and nothing else must be said.
  host.file("favicon.ico", "");
});

test("a page with dots and picker never asks for the second file", async ({ page, host, server, said }) => {
  const asked = requests(page);
  const body = '<mi-status contact="erika@example.com">…</mi-status><mi-my-status>…</mi-my-status>';
  await page.goto(host.page(body, { head: loader(server) }));
  await expect(online(page)).toBeVisible();
  // A conversation that is closed needs nothing either.
  await page.evaluate(() => {
    document.body.append(Object.assign(document.createElement("mi-conversation"), { contact: "erika@example.com" }));
  });
  await page.waitForLoadState("networkidle");
  expect(asked.panels()).toBe(0);
  expect(complaints(said)).toEqual([]);
});

test("lists and conversations load it once, and only when the first of them is there", async ({
  page,
  host,
  server,
  said,
}) => {
  const asked = requests(page);
  await page.goto(host.page("<mi-my-status>…</mi-my-status>", { head: loader(server) }));
  await expect(online(page)).toBeVisible();
  expect(asked.panels()).toBe(0);
  await page.evaluate(() => {
    document.body.append(document.createElement("mi-contact-list"), document.createElement("mi-contact-list"));
  });
  await expect(list(page)).toHaveCount(2);
  await page.evaluate(() => window.mistatus.messenger.InstantMessage("erika@example.com"));
  await expect(page.getByRole("textbox", { name: /^Message/ })).toBeFocused();
  expect(asked.panels()).toBe(1);
  expect(complaints(said)).toEqual([]);
});

test("a page that has a list from the beginning asks for both files at once", async ({ page, host, server, said }) => {
  const asked = requests(page);
  const open = await gate(page, /\/mistatus-[0-9a-f]{8}\.wasm$/);
  const second = page.waitForRequest(PANELS);
  await page.goto(host.page("<mi-contact-list></mi-contact-list>", { head: loader(server) }), { waitUntil: "commit" });
  await second;
  open();
  await expect(list(page)).toBeVisible();
  expect(asked.panels()).toBe(1);
  expect(complaints(said)).toEqual([]);
});

for (const [what, refuse, why] of [
  ["does not come", (route) => route.abort(), "Failed to fetch"],
  [
    "is missing",
    (route) => route.fulfill({ status: 404, headers: { "access-control-allow-origin": "*" } }),
    "answered 404",
  ],
  [
    "is something else",
    (route) => route.fulfill({ body: "<html>", headers: { "access-control-allow-origin": "*" } }),
    "magic word",
  ],
]) {
  test(`a second file that ${what} is said once, and asked for again`, async ({ page, host, server, said }) => {
    const asked = requests(page);
    let open;
    const opened = new Promise((resolve) => {
      open = resolve;
    });
    let isFirst = true;
    await page.route(PANELS, async (route) => {
      if (isFirst) {
        isFirst = false;
        return refuse(route);
      }
      // Until what the first failure shows has been seen.
      await opened;
      return route.continue();
    });
    const body =
      "<mi-contact-list><span>People come soon</span></mi-contact-list><mi-contact-list></mi-contact-list><mi-my-status></mi-my-status>";
    await page.goto(host.page(body, { head: loader(server) }));
    const elements = page.locator("mi-contact-list");
    await expect(elements.first()).toHaveAttribute("error", "load");
    await expect(elements.last()).toHaveAttribute("error", "load");
    await expect(page.getByText("People come soon")).toBeVisible();
    await expect(online(page)).toBeVisible();
    open();
    await expect(list(page)).toHaveCount(2);
    await expect(page.getByText("People come soon")).toBeHidden();
    await expect(elements.first()).not.toHaveAttribute("error");
    expect(asked.panels()).toBe(2);
    const lines = said.filter(({ type, text }) => type === "error" && text.startsWith("mistatus:"));
    expect(lines).toHaveLength(1);
    expect(lines[0].text).toMatch(
      /contact list and conversations could not be loaded from http:.*\/mistatus-panels-[0-9a-f]{8}\.wasm/,
    );
    expect(lines[0].text).toContain(why);
    expect(said.filter(({ type }) => type === "pageerror")).toEqual([]);
  });
}

test("the next list asks for the file at once after a failure", async ({ page, host, server }) => {
  await page.route(PANELS, (route) => route.abort());
  await page.goto(host.page("<mi-contact-list></mi-contact-list>", { head: loader(server) }));
  const element = page.locator("mi-contact-list");
  await expect(element).toHaveAttribute("error", "load");
  // Nobody waits, so nobody asks.
  await element.evaluate((element) => element.remove());
  await page.unroute(PANELS);
  const asked = requests(page);
  await page.waitForTimeout(2_500);
  expect(asked.panels()).toBe(0);
  await page.evaluate(() => document.body.append(document.createElement("mi-contact-list")));
  await expect(list(page)).toBeVisible();
  expect(asked.panels()).toBe(1);
});

test("a file of the wrong type is taken all the same", async ({ page, host, server, said }) => {
  await page.route(PANELS, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), "content-type": "application/octet-stream" } });
  });
  await page.goto(host.page("<mi-contact-list></mi-contact-list>", { head: loader(server) }));
  await expect(list(page)).toBeVisible();
  expect(complaints(said)).toEqual([]);
});

test("a list that is gone before the file has come leaves nothing", async ({ page, host, server, said }) => {
  const open = await gate(page, PANELS);
  await page.goto(
    host.page("<mi-contact-list></mi-contact-list><mi-my-status></mi-my-status>", { head: loader(server) }),
  );
  await expect(online(page)).toBeVisible();
  const arrived = page.waitForResponse(PANELS);
  await page.evaluate(() => {
    window.list = document.querySelector("mi-contact-list");
    window.list.openAdd("erika@example.com");
    window.list.remove();
  });
  open();
  await arrived;
  // One that comes after shows that the file is there.
  await page.evaluate(() => document.body.append(document.createElement("mi-contact-list")));
  await expect(list(page)).toBeVisible();
  expect(await page.evaluate(() => window.list.shadowRoot.innerHTML)).toBe("<slot></slot>");
  await expect(page.getByRole("combobox", { name: "Sign-in name" })).toHaveCount(0);
  // It comes back as if nothing had been.
  await page.evaluate(() => document.querySelector("mi-contact-list").replaceWith(window.list));
  await expect(list(page)).toHaveCount(1);
  expect(complaints(said)).toEqual([]);
});

test("what is asked before the file has come is done once, in its order", async ({ page, host, server, said }) => {
  const open = await gate(page, PANELS);
  const body =
    '<mi-contact-list lang="en"></mi-contact-list><mi-my-status></mi-my-status><mi-conversation contact="erika@example.com"></mi-conversation>';
  await page.goto(host.page(body, { head: loader(server) }));
  await expect(online(page)).toBeVisible();
  const answers = await page.evaluate(() => {
    const list = document.querySelector("mi-contact-list");
    list.lang = "fr";
    list.focusList();
    list.lang = "de";
    document.querySelector("mi-conversation").show();
    return [list.openAdd("erika@example.com"), list.openAdd("bob@example.com")];
  });
  // As when it is there: the field opens once.
  expect(answers).toEqual([true, false]);
  open();
  const field = page.locator("mi-contact-list").getByRole("combobox");
  await expect(field).toHaveValue("erika@example.com");
  await expect(page.locator("mi-contact-list").getByRole("searchbox", { name: "Kontakte suchen" })).toBeVisible();
  await expect(page.locator("mi-conversation").getByRole("textbox")).toBeFocused();
  expect(complaints(said)).toEqual([]);
});

test("a conversation that is closed before the file has come stays closed", async ({ page, host, server, said }) => {
  const open = await gate(page, PANELS);
  const body = '<mi-my-status></mi-my-status><mi-conversation contact="erika@example.com"></mi-conversation>';
  await page.goto(host.page(body, { head: loader(server) }));
  await expect(online(page)).toBeVisible();
  const arrived = page.waitForResponse(PANELS);
  await page.evaluate(() => {
    const conversation = document.querySelector("mi-conversation");
    conversation.show();
    conversation.close();
  });
  open();
  await arrived;
  await page.evaluate(() => document.body.append(document.createElement("mi-contact-list")));
  await expect(list(page)).toBeVisible();
  expect(await page.evaluate(() => document.querySelector("mi-conversation").shadowRoot.childElementCount)).toBe(0);
  expect(complaints(said)).toEqual([]);
});

test("a strict content security policy needs no new word for it", async ({ page, host, server, said }) => {
  const policy =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self' ws:; img-src 'self'";
  const head = `<script src="/widget/mistatus.js" data-server="${server.stream}" data-signin-name="franz@example.com"></script>`;
  await page.goto(host.page("<mi-contact-list></mi-contact-list>", { head, policy }));
  await expect(list(page)).toBeVisible();
  expect(complaints(said)).toEqual([]);
});

test("the build that speaks XMPP has a second file of its own", async ({ page, host, server, said }) => {
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  // Nobody answers there, and the list is drawn all the same.
  const settings = 'data-transport="xmpp" data-server="ws://127.0.0.1:9/" data-signin-name="franz@example.com"';
  const head = `<script src="${server.url}/mistatus.js" ${settings}></script>`;
  await page.goto(host.page("<mi-contact-list></mi-contact-list>", { head }));
  await expect(list(page)).toBeVisible();
  const files = asked.filter((name) => name.endsWith(".wasm")).map((name) => name.replace(/[0-9a-f]{8}/, "…"));
  expect(files).toEqual(["/mistatus-xmpp-….wasm", "/mistatus-xmpp-panels-….wasm"]);
  expect(said.filter(({ type }) => type === "pageerror")).toEqual([]);
});
