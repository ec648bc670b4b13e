// The directory of a company: scripts find people in it.

import { PeoplePage } from "./pages/people-page.js";
import { test as base, expect } from "./support/people.js";

const ERIKA = "erika@example.com";

const PEOPLE = {
  [ERIKA]: { friendlyName: "Erika Mustermann" },
  "ada@example.com": { friendlyName: "Ada Lovelace", title: "Analyst <b>" },
  "bob@example.com": { friendlyName: "Robert Lovell" },
  "lowell@example.com": {},
};

const test = base.extend({
  options: [["--auth", "open", "--visibility", "contacts", "--directory"], { option: true }],

  /** Whom the company says there is. */
  staff: [PEOPLE, { option: true }],

  /** Puts people into the directory, where there is one. */
  directory: [
    async ({ server, staff, options }, use) => {
      if (options.includes("--directory")) {
        const key = await server.serviceKey("hr", ["people:write"]);
        const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
        for (const [name, person] of Object.entries(staff)) {
          const address = `${server.url}/api/v1/people/${encodeURIComponent(name)}`;
          const body = JSON.stringify(person);
          // The server looks for fresh keys.
          await expect.poll(async () => (await fetch(address, { method: "PUT", headers, body })).status).toBe(204);
        }
      }
      await use();
    },
    { auto: true },
  ],

  /** Opens a page of Erika's. */
  erika: async ({ page, host, script }, use) => {
    const body = "<main><h1>People</h1><mi-my-status no-idle></mi-my-status><mi-contact-list></mi-contact-list></main>";
    const ground = "<style>html { background: Canvas; color: CanvasText; }</style>";
    const head = `${ground}<meta name="color-scheme" content="light dark">${await script(ERIKA)}`;
    await page.goto(host.page(body, { head }));
    const erika = new PeoplePage(page, ERIKA);
    await erika.isConnected();
    await use(erika);
  },
});

const WITHOUT = ["--auth", "open", "--visibility", "contacts"];

/** Searches by script; returns whom that found, or why it failed. */
function search(page, ...question) {
  return page.evaluate(async (question) => {
    try {
      return await window.mistatus.messenger.findPeople(...question);
    } catch ({ code, message }) {
      return { code, message };
    }
  }, question);
}

const names = async (found) => (await found).map(({ signinName }) => signinName);

test("a script finds people by how a name or a word of it begins", async ({ erika: { page } }) => {
  expect(await search(page, " LOVEL")).toEqual([
    { signinName: "ada@example.com", friendlyName: "Ada Lovelace", title: "Analyst <b>" },
    { signinName: "bob@example.com", friendlyName: "Robert Lovell", title: null },
  ]);
  expect(await search(page, "lowell")).toEqual([
    { signinName: "lowell@example.com", friendlyName: "lowell@example.com", title: null },
  ]);
  expect(await names(search(page, "lo", 2))).toEqual(["ada@example.com", "bob@example.com"]);
  expect(await search(page, "ove")).toEqual([]);
  // In the order of the questions, whatever becomes of them.
  const order = await page.evaluate(async () => {
    const { messenger } = window.mistatus;
    const texts = ["ada", "bob", "nobody", "low"];
    const ended = [];
    await Promise.all(texts.map((text) => messenger.findPeople(text).then(() => ended.push(text))));
    return ended;
  });
  expect(order).toEqual(["ada", "bob", "nobody", "low"]);
});

test("what cannot be searched is said to be, and why", async ({ erika: { page } }) => {
  const invalid = (message) => ({ code: "E_INVALIDARG", message: expect.stringContaining(message) });
  expect(await search(page, "  ")).toEqual(invalid("there is nothing to search for"));
  expect(await search(page, "x".repeat(65))).toEqual(
    invalid("the text to search for has 65 UTF-16 units; at most 64 are allowed"),
  );
  expect(await search(page, 7)).toEqual(invalid("the text to search for must be a string"));
  for (const limit of [0, 21, 1.5, "2", null]) {
    expect(await search(page, "ada", limit)).toEqual(invalid("the limit must be a whole number from 1 to 20"));
  }
  await page.evaluate(() => window.mistatus.messenger.Signout());
  await expect.poll(async () => (await search(page, "ada")).code).toBe("MSGR_E_NOT_LOGGED_ON");
});

test("each of two tabs with one connection is told what it asked", async ({ erika: { page } }) => {
  const other = await page.context().newPage();
  await other.goto(page.url());
  await new PeoplePage(other, ERIKA).isConnected();
  expect(await names(search(page, "ada"))).toEqual(["ada@example.com"]);
  expect(await names(search(other, "bob"))).toEqual(["bob@example.com"]);
});

test.describe("without a directory", () => {
  test.use({ options: WITHOUT });

  test("a search says that the server has none", async ({ erika: { page } }) => {
    const message = expect.stringContaining("this server has no directory of people");
    expect(await search(page, "ada")).toEqual({ code: "E_NOTIMPL", message });
  });
});
