// The directory of a company: scripts find people in it, and the contact list offers them while somebody types.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import { PeoplePage } from "./pages/people-page.js";
import { test as base, expect, holdTime, withClock } from "./support/people.js";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const ERIKA = "erika@example.com";

const PEOPLE = {
  [ERIKA]: { friendlyName: "Erika Mustermann" },
  "ada@example.com": { friendlyName: "Ada Lovelace", title: "Analyst <b>" },
  "bob@example.com": { friendlyName: "Robert Lovell" },
  "lowell@example.com": {},
};

/** What the server answers to what it has not. */
const E_NOTIMPL = -2147467263;

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

  /** What a page asks the directory, and how that ended; from before it is loaded. */
  searches: async ({ page }, use) => {
    const [searches, ids] = [[], new Set()];
    page.on("websocket", (socket) => {
      socket.on("framesent", ({ payload }) => {
        const { type, id, beginning } = JSON.parse(payload);
        if (type === "find-people") {
          ids.add(id);
          searches.push({ beginning });
        }
      });
      socket.on("framereceived", ({ payload }) => {
        for (const { type, id, hr } of [JSON.parse(payload)].flat()) {
          if (type === "outcome" && ids.has(id)) {
            searches[[...ids].indexOf(id)].hr = hr;
          }
        }
      });
    });
    await use(searches);
  },

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

async function violations(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run());
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

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

test("people are offered while somebody types, and taken by keys", async ({ erika }) => {
  const { page } = erika;
  const [field, offers] = [erika.field, erika.offers];
  await erika.type("lov");
  const ada = "Ada Lovelace, ada@example.com, Analyst <b>";
  await expect(offers).toHaveCount(2);
  await expect(offers.nth(0)).toHaveAccessibleName(ada);
  await expect(offers.nth(1)).toHaveAccessibleName("Robert Lovell, bob@example.com");
  await expect(page.locator("mi-contact-list b")).toHaveCount(0);
  await expect(field).toHaveAttribute("aria-expanded", "true");
  expect(await violations(page)).toEqual([]);

  await erika.press("ArrowUp", "ArrowDown");
  await expect(offers.nth(0)).toHaveAttribute("aria-selected", "true");
  await expect(offers.nth(1)).toHaveAttribute("aria-selected", "false");
  await expect(field).toHaveAttribute("aria-activedescendant", await offers.nth(0).getAttribute("id"));
  await erika.press("Enter");
  await expect(field).toHaveValue("ada@example.com");
  await expect(offers).toHaveCount(0);
  await expect(field).toHaveAttribute("aria-expanded", "false");
  await expect(field).toBeFocused();
  await erika.press("Enter");
  await expect(erika.line("Ada Lovelace")).toBeVisible();

  await erika.type("lov");
  await expect(offers.nth(0)).toHaveAccessibleName(`${ada}, It is there already`);
  await expect(offers.nth(0)).toHaveAttribute("aria-disabled", "true");
  await erika.press("ArrowDown", "Enter");
  await expect(field).toHaveValue("lov");
  await expect(offers).toHaveCount(2);
  expect(await violations(page)).toEqual([]);
  await erika.press("Escape");
  await expect(offers).toHaveCount(0);
  await expect(field).toBeFocused();
  await erika.press("Escape");
  await expect(field).toHaveCount(0);
});

test("people are taken by the pointer, and nobody is offered themselves", async ({ erika }) => {
  await erika.type("rob");
  await expect(erika.offers).toHaveCount(1);
  await erika.offers.getByText("bob@example.com").click();
  await expect(erika.field).toHaveValue("bob@example.com");
  await expect(erika.field).toBeFocused();
  await erika.field.fill("er");
  await expect(erika.page.getByText("Erika Mustermann")).toHaveCount(0);
  await erika.field.fill("ada");
  await expect(erika.offers).toHaveCount(1);
  await erika.page.getByRole("button", { name: "Cancel" }).click();
  await expect(erika.offers).toHaveCount(0);
});

test("FindContact searches in the list, where the page has it so", async ({ erika }) => {
  await erika.page.evaluate(() => {
    const { messenger } = window.mistatus;
    messenger.addEventListener("find-contact-request", (event) => {
      event.preventDefault();
      const { firstName, lastName } = event.detail;
      document.querySelector("mi-contact-list").openAdd(`${firstName} ${lastName}`);
    });
    messenger.FindContact(0, "Ada", "Lovelace");
  });
  await expect(erika.offers).toHaveCount(1);
  await erika.press("ArrowDown", "Enter");
  await expect(erika.field).toHaveValue("ada@example.com");
});

test("the directory is searched once nothing is typed for a moment", async ({ page, host, script, searches }) => {
  await withClock(page);
  const body = "<mi-my-status no-idle></mi-my-status><mi-contact-list></mi-contact-list>";
  await page.goto(host.page(body, { head: await script(ERIKA) }));
  const erika = new PeoplePage(page, ERIKA);
  await erika.isConnected();
  await holdTime({ page });
  await erika.type("lovelace");
  await page.clock.runFor(250);
  await expect(erika.offers).toHaveCount(1);
  expect(searches).toEqual([{ beginning: "lovelace", hr: 0 }]);
});

test.describe("without a directory", () => {
  test.use({ options: WITHOUT });

  test("a search says that the server has none", async ({ erika: { page } }) => {
    const message = expect.stringContaining("this server has no directory of people");
    expect(await search(page, "ada")).toEqual({ code: "E_NOTIMPL", message });
  });

  test("nothing is offered, and a name is given by hand", async ({ searches, erika }) => {
    await erika.type("ada");
    await expect.poll(() => searches).toEqual([{ beginning: "ada", hr: E_NOTIMPL }]);
    await erika.page.keyboard.type("@example.com");
    await expect(erika.page.getByRole("listbox")).toHaveCount(0);
    await erika.press("Enter");
    await expect(erika.line("ada@example.com")).toBeVisible();
    expect(searches).toHaveLength(1);
  });
});
