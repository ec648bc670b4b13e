// What somebody has begun to write is theirs: there again when they come back to it, and never before another's eyes.

import { expect, test } from "./support/test.js";

const ERIKA = "erika@example.com";
const FRANZ = "franz@example.com";
const GUSTAV = "gustav@example.com";

const TEXT = "Half a sen";

/** Opens Franz's page with a conversation; returns the page's address. */
async function open(page, host, server, body = `<mi-conversation contact="${ERIKA}" open></mi-conversation>`) {
  const attributes = `data-server="${server.stream}" data-signin-name="${FRANZ}"`;
  const address = host.page(body, { head: `<script src="${host.url}/widget/mistatus.js" ${attributes}></script>` });
  await page.goto(address);
  await signedIn(page);
  return address;
}

const field = (page) => page.getByRole("textbox", { name: "Message" });

const signedIn = (page) => page.evaluate(() => window.mistatus.ready.then(() => undefined));

const kept = (page) => page.evaluate(() => Object.keys(sessionStorage).filter((key) => key.includes("drafts")));

const setContact = (page, contact) =>
  page.evaluate((contact) => {
    document.querySelector("mi-conversation").contact = contact;
  }, contact);

const setOpen = (page) =>
  page.evaluate(() => {
    document.querySelector("mi-conversation").open = true;
  });

/** Begins a text, closes the conversation by Escape and opens it again: the text is there. */
async function keepsOverEscape(page) {
  await field(page).fill(TEXT);
  await field(page).press("Escape");
  await expect(field(page)).toHaveCount(0);
  await setOpen(page);
  await expect(field(page)).toHaveValue(TEXT);
}

test("what was begun is there again after the panel was closed, left for somebody else, and after a reload", async ({
  page,
  host,
  server,
}) => {
  await open(page, host, server);
  await keepsOverEscape(page);
  await page.getByRole("button", { name: "Close" }).click();
  await expect(field(page)).toHaveCount(0);
  await setOpen(page);
  await expect(field(page)).toHaveValue(TEXT);

  await setContact(page, GUSTAV);
  await expect(page.getByRole("dialog", { name: new RegExp(GUSTAV) })).toBeVisible();
  await expect(field(page)).toHaveValue("");
  await field(page).fill("For Gustav");
  await setContact(page, ERIKA);
  await expect(field(page)).toHaveValue(TEXT);

  await page.reload();
  await expect(field(page)).toHaveValue(TEXT);
  // What was sent was not begun.
  await field(page).press("Enter");
  await expect(page.getByRole("log")).toContainText(TEXT);
  await page.reload();
  await expect(page.getByRole("log")).toContainText(TEXT);
  await expect(field(page)).toHaveValue("");
  await setContact(page, GUSTAV);
  await expect(field(page)).toHaveValue("For Gustav");
});

test("what was begun is gone with the user's own sign-out", async ({ page, host, server }) => {
  const address = await open(page, host, server);
  await field(page).fill(TEXT);
  expect(await kept(page)).toHaveLength(1);
  await page.evaluate(() => window.mistatus.messenger.Signout());
  await expect(field(page)).toHaveCount(0);
  expect(await kept(page)).toEqual([]);
  await page.goto(address);
  await signedIn(page);
  await expect(field(page)).toHaveValue("");
});

test("after a sign-out in another tab what was begun is there again for the same user, and nowhere before that", async ({
  page,
  host,
  server,
}) => {
  const address = await open(page, host, server);
  await field(page).fill(TEXT);
  const other = await page.context().newPage();
  await other.goto(address);
  await signedIn(other);
  await expect(field(other)).toHaveValue("");
  await other.evaluate(() => window.mistatus.messenger.Signout());
  await expect(field(page)).toHaveCount(0);
  expect(await kept(page)).toEqual([]);
  await setOpen(page);
  await expect(field(page)).toHaveValue("");
  await page.evaluate(() => window.mistatus.messenger.AutoSignin());
  await expect(field(page)).toHaveValue(TEXT);
});

test("what was begun is not there for another user of the same page", async ({ page, host, server }) => {
  const body = `<mi-messenger server="${server.stream}" signin-name="${FRANZ}"><mi-conversation contact="${ERIKA}" open></mi-conversation></mi-messenger>`;
  await page.goto(host.page(body, { head: `<script src="${host.url}/widget/mistatus.js"></script>` }));
  const becomes = (name) =>
    page.evaluate(async (name) => {
      const messenger = document.querySelector("mi-messenger");
      messenger.signinName = name;
      await Promise.resolve();
      await messenger.ready;
    }, name);
  await becomes(FRANZ);
  await field(page).fill(TEXT);
  await becomes(GUSTAV);
  await setOpen(page);
  await expect(field(page)).toHaveValue("");
  await becomes(FRANZ);
  await setOpen(page);
  await expect(field(page)).toHaveValue(TEXT);
});

test("where storage is forbidden a panel that was closed has its text again all the same", async ({
  page,
  host,
  server,
  said,
}) => {
  await page.addInitScript(() => {
    const forbidden = {
      get() {
        throw new DOMException("forbidden", "SecurityError");
      },
    };
    Object.defineProperty(window, "sessionStorage", forbidden);
    Object.defineProperty(window, "localStorage", forbidden);
  });
  await open(page, host, server);
  await keepsOverEscape(page);
  await page.evaluate(() => window.mistatus.messenger.Signout());
  await expect(field(page)).toHaveCount(0);
  expect(said.filter(({ type }) => type === "pageerror")).toEqual([]);
});
