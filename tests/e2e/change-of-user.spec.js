// Nothing of one user is shown to the next: what a page last knew is somebody's, and ends with them.

import { gate } from "./support/gate.js";
import { expect, test } from "./support/test.js";

const ERIKA = "erika@example.com";
const FRANZ = "franz@example.com";
const GUSTAV = "gustav@example.com";

const BODY = `<mi-my-status></mi-my-status><mi-status contact="${ERIKA}" label="full">…</mi-status>`;

const script = (host, server, attributes) =>
  `<script src="${host.url}/widget/mistatus.js" data-server="${server.stream}" ${attributes}></script>`;

const dot = (page) => page.locator(`mi-status[contact="${ERIKA}"]`);

/** Returns what the tab keeps of what anybody knew. */
const kept = (page) => page.evaluate(() => Object.keys(sessionStorage).filter((key) => key.includes("last-known")));

/** Loads the page again, where the rest of the widget waits; returns what lets that pass. */
async function reload(page) {
  const pass = await gate(page, "**/mistatus-core-*.js*");
  await page.reload();
  await expect(dot(page)).toHaveAttribute("status", /./);
  return pass;
}

/** Opens a page of somebody's on which Erika is seen to be busy. */
async function seeErikaBusy({ page, host, server, person }) {
  const erika = await person(ERIKA, GUSTAV);
  await erika.choose("Busy");
  await page.goto(host.page(BODY, { head: script(host, server, `data-signin-name="${FRANZ}"`) }));
  await expect(dot(page)).toHaveAttribute("status", "busy");
}

test("what was last known is shown to the same user until the server has spoken", async ({
  page,
  host,
  server,
  person,
}) => {
  await seeErikaBusy({ page, host, server, person });
  const pass = await reload(page);
  await expect(page.getByRole("img", { name: "Busy (last known)" })).toBeVisible();
  pass();
  await expect(page.getByRole("img", { name: "Busy", exact: true })).toBeVisible();
});

for (const [whose, attributes] of [
  ["somebody else's", `data-signin-name="${GUSTAV}"`],
  ["one that does not say whose it is", 'data-token-url="/nothing"'],
]) {
  test(`what was last known is not shown by a page that is ${whose}`, async ({ page, host, server, person }) => {
    await seeErikaBusy({ page, host, server, person });
    await page.route("**/mistatus-core-*.js*", (route) => route.abort());
    await page.goto(host.page(BODY, { head: script(host, server, attributes) }));
    await expect(dot(page)).toHaveAttribute("status", "unknown");
    await expect(page.getByRole("img", { name: /Busy/ })).toHaveCount(0);
  });
}

test("after a sign-out nothing is left of what the user saw", async ({ page, host, server, person }) => {
  await seeErikaBusy({ page, host, server, person });
  await page.reload();
  await expect(dot(page)).not.toHaveAttribute("stale");
  await page.evaluate(() => window.mistatus.messenger.Signout());
  await expect(dot(page)).toHaveAttribute("status", "unknown");
  expect(await kept(page)).toEqual([]);
  const pass = await reload(page);
  await expect(dot(page)).toHaveAttribute("status", "unknown");
  expect(await kept(page)).toEqual([]);
  pass();
});

test("a sign-out in another tab leaves nothing in this one", async ({ page, host, server, person }) => {
  await seeErikaBusy({ page, host, server, person });
  // As when the page was hidden for a moment.
  await page.evaluate(() => {
    Object.defineProperty(document, "hidden", { configurable: true, value: true });
    document.dispatchEvent(new Event("visibilitychange"));
    Reflect.deleteProperty(document, "hidden");
  });
  expect(await kept(page)).toHaveLength(1);
  const other = await page.context().newPage();
  await other.goto(page.url());
  await expect(dot(other)).toHaveAttribute("status", "busy");
  await other.evaluate(() => window.mistatus.messenger.Signout());
  await expect(dot(page)).toHaveAttribute("status", "unknown");
  expect(await kept(page)).toEqual([]);
});

test("a minute without a sign-in is the end of what was known", async ({ page, host, server, person }) => {
  await page.clock.install();
  await seeErikaBusy({ page, host, server, person });
  await server.stop();
  await page.route("**/mistatus-core-*.js*", (route) => route.abort());
  await page.reload();
  await expect(page.getByRole("img", { name: "Busy (last known)" })).toBeVisible();
  await page.clock.runFor(61_000);
  await expect(dot(page)).toHaveAttribute("status", "unknown");
  await expect(dot(page)).not.toHaveAttribute("stale");
  await expect(page.getByRole("img", { name: /Busy/ })).toHaveCount(0);
});

test("an element of a messenger that becomes somebody else's shows nothing more of the first", async ({
  page,
  host,
  server,
  person,
}) => {
  const erika = await person(ERIKA, GUSTAV);
  await erika.choose("Busy");
  const body = `<mi-messenger server="${server.stream}" signin-name="${FRANZ}">${BODY}<mi-contact-list></mi-contact-list></mi-messenger>`;
  await page.goto(host.page(body, { head: `<script src="${host.url}/widget/mistatus.js"></script>` }));
  await expect(dot(page)).toHaveAttribute("status", "busy");
  const after = await page.evaluate(async () => {
    const messenger = document.querySelector("mi-messenger");
    messenger.removeAttribute("server");
    messenger.signinName = "";
    await Promise.resolve();
    await Promise.resolve();
    return [...messenger.children].map((element) => [
      element.localName,
      element.getAttribute("status"),
      element.shadowRoot.querySelectorAll("button, [role=tree]").length,
    ]);
  });
  expect(after).toEqual([
    ["mi-my-status", "unknown", 0],
    ["mi-status", "unknown", 0],
    ["mi-contact-list", null, 0],
  ]);
});

test("after a sign-out the list says so and nothing else, whoever had written", async ({
  page,
  host,
  server,
  browser,
}) => {
  const body = "<mi-my-status></mi-my-status><mi-contact-list></mi-contact-list>";
  await page.goto(host.page(body, { head: script(host, server, `data-signin-name="${FRANZ}"`) }));
  const context = await browser.newContext();
  const gustavs = await context.newPage();
  await gustavs.goto(host.page("", { head: script(host, server, `data-signin-name="${GUSTAV}"`) }));
  await gustavs.evaluate(async (name) => {
    const messenger = await window.mistatus.ready;
    await messenger.sendMessage(name, "Hello");
  }, FRANZ);
  await expect(page.getByRole("treeitem", { name: new RegExp(GUSTAV) })).toBeVisible();
  await page.evaluate(() => window.mistatus.messenger.Signout());
  await expect(page.getByText("Signed out")).toBeVisible();
  await expect(page.getByRole("treeitem")).toHaveCount(0);
  await expect(page.getByText(GUSTAV)).toHaveCount(0);
  await context.close();
});

test("windows end between the beginning of a sign-out and its being told, however late a page hears of it", async ({
  page,
  host,
  server,
}) => {
  await page.goto(host.page(BODY, { head: script(host, server, `data-signin-name="${FRANZ}"`) }));
  const heard = await page.evaluate(
    async ([erika, gustav]) => {
      const messenger = await window.mistatus.ready;
      messenger.InstantMessage(erika);
      messenger.InstantMessage(gustav);
      const heard = [];
      const over = new Promise((resolve) => {
        messenger.OnIMWindowDestroyed = () => heard.push("destroyed");
        messenger.OnSignout = () => heard.push("signout");
        messenger.OnMyStatusChange = (_hr, status) => heard.push(status) && status === 1 && resolve();
      });
      const { postMessage } = MessagePort.prototype;
      MessagePort.prototype.postMessage = function (...message) {
        setTimeout(() => postMessage.apply(this, message), 500);
      };
      messenger.Signout();
      await over;
      return heard;
    },
    [ERIKA, GUSTAV],
  );
  expect(heard).toEqual([1024, "destroyed", "destroyed", "signout", 1]);
});
