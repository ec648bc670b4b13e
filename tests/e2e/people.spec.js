// The contact list and conversations: two people find each other, talk and part, by the keyboard alone.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import { PeoplePage } from "./pages/people-page.js";
import { test as base, EMBEDDED, expect } from "./support/people.js";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const test = base.extend({
  options: [["--auth", "open", "--visibility", "contacts"], { option: true }],

  /** Opens a page with somebody's list, in a browser profile of their own. */
  person: async ({ browser, host, script }, use) => {
    const contexts = [];
    await use(async (name, { list = "", ...options } = {}) => {
      const context = await browser.newContext(options);
      contexts.push(context);
      const page = await context.newPage();
      const body = `<main><h1>People</h1><mi-my-status no-idle></mi-my-status><mi-contact-list ${list}></mi-contact-list></main>`;
      // Said, since axe takes every page for white that does not.
      const ground = "<style>html { background: Canvas; color: CanvasText; }</style>";
      const head = `${ground}<meta name="color-scheme" content="light dark">${await script(name)}`;
      await page.goto(host.page(body, { head }));
      const people = new PeoplePage(page, name);
      await people.isConnected();
      return people;
    });
    await Promise.all(contexts.map((context) => context.close()));
  },
});

async function violations(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run());
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

/** Lets one add the other, who accepts. */
async function befriend(erika, franz) {
  await erika.add(franz.name);
  await erika.sees(franz.name, "Unknown");
  const accept = franz.requests.getByRole("button", { name: `Accept: ${erika.name}` });
  await expect(accept).toBeVisible();
  await franz.tabTo(accept);
  await franz.press("Enter");
  await expect(accept).toHaveCount(0);
  await franz.sees(erika.name, "Online");
  await erika.sees(franz.name, "Online");
}

test("two people find each other, talk, and part, across a reload and a restart", async ({
  person,
  server,
  names: { ERIKA, FRANZ },
}) => {
  test.setTimeout(120_000);
  const [erika, franz] = [await person(ERIKA), await person(FRANZ)];
  await befriend(erika, franz);

  await erika.goTo(FRANZ);
  await erika.press("Enter");
  await erika.say(FRANZ, "<b>Hello</b> & welcome");
  await erika.hears(FRANZ, "<b>Hello</b> & welcome");
  // It opens without taking the focus.
  await franz.hears(ERIKA, "<b>Hello</b> & welcome");
  await expect(franz.conversation(ERIKA).locator("b")).toHaveCount(0);
  await expect(franz.conversation(ERIKA).getByRole("textbox")).not.toBeFocused();
  await expect(erika.conversation(FRANZ).getByText("delivered")).toBeVisible();
  await franz.say(ERIKA, "Hello Erika");
  await erika.hears(FRANZ, "Hello Erika");

  await franz.page.reload();
  await franz.isConnected();
  await franz.sees(ERIKA, "Online");
  await server.kill();
  await server.restart();
  await franz.isConnected();
  await erika.isConnected();
  await franz.goTo(ERIKA);
  await franz.press("Enter");
  await franz.hears(ERIKA, "<b>Hello</b> & welcome");
  await franz.hears(ERIKA, "Hello Erika");
  await franz.say(ERIKA, "Still here");
  await erika.hears(FRANZ, "Still here");
  await franz.press("Escape");
  await expect(franz.conversation(ERIKA)).toHaveCount(0);
  await expect(franz.tree).toBeFocused();

  await erika.sees(FRANZ, "Online");
  await franz.choose(ERIKA, "Block");
  await expect(franz.line(ERIKA)).toHaveAccessibleName(/Blocked/);
  await erika.sees(FRANZ, "Offline");
  await franz.choose(ERIKA, "Unblock");
  await erika.sees(FRANZ, "Online");

  await franz.goTo(ERIKA);
  await franz.press("Delete");
  await expect(franz.page.getByRole("button", { name: `Remove ${ERIKA} from the list` })).toBeFocused();
  await franz.press("Enter");
  await expect(franz.page.getByText("Nobody is on the list yet")).toBeVisible();
});

test("a request can be refused, and a name that is none is said to be", async ({ person, names: { ERIKA, FRANZ } }) => {
  const [erika, franz] = [await person(ERIKA), await person(FRANZ)];
  await erika.add(" ");
  await expect(erika.page.getByRole("alert")).toHaveText("This name is not possible");
  await erika.press("Escape");
  await erika.add(FRANZ);
  await erika.sees(FRANZ, "Unknown");
  await franz.tabTo(franz.requests.getByRole("button", { name: `Refuse: ${ERIKA}` }));
  await franz.press("Enter");
  await expect(franz.requests).toBeHidden();
  await expect(franz.page.getByText("Nobody is on the list yet")).toBeVisible();
  await erika.sees(FRANZ, "Unknown");
});

test("groups are made, filled, renamed and removed", async ({ person, names: { ERIKA, FRANZ } }) => {
  const erika = await person(ERIKA);
  await erika.add(FRANZ);
  await erika.sees(FRANZ, "Unknown");
  await erika.tabTo(erika.page.getByRole("button", { name: "New group" }));
  await erika.press("Enter");
  await erika.page.keyboard.type("Team <1>");
  await erika.press("Enter");
  await expect(erika.line("Team <1>, 0")).toBeVisible();
  await expect(erika.line("Other contacts, 1")).toBeVisible();
  await erika.choose(FRANZ, "In group: Team <1>");
  await expect(erika.line("Team <1>, 1")).toBeVisible();
  await expect(erika.line("Other contacts")).toHaveCount(0);

  await erika.goTo("Team <1>");
  await erika.press("ArrowLeft");
  await expect(erika.line("Team <1>")).toHaveAttribute("aria-expanded", "false");
  await expect(erika.line(FRANZ)).toHaveCount(0);
  await erika.press("ArrowRight", "ArrowRight");
  await expect(erika.line(FRANZ)).toHaveAttribute("aria-selected", "true");

  await erika.goTo("Team <1>");
  await erika.press("F2", "ControlOrMeta+a");
  await erika.page.keyboard.type("Crew");
  await erika.press("Enter");
  await expect(erika.line("Crew, 1")).toBeVisible();
  await erika.page.reload();
  await expect(erika.line("Crew, 1")).toBeVisible();
  await erika.choose("Crew", "Remove group, keep its contacts");
  await erika.press("Enter");
  await expect(erika.line("Crew")).toHaveCount(0);
  await erika.sees(FRANZ, "Unknown");
});

test(
  "of ten thousand people added in a loop each is added or refused, and nothing is lost",
  EMBEDDED,
  async ({ person, names: { ERIKA } }) => {
    const erika = await person(ERIKA);
    const result = await erika.page.evaluate(async () => {
      const { messenger, HRESULT } = window.mistatus;
      const answers = new Map();
      let refused = 0;
      messenger.OnContactListAdd = (hr, contact) => answers.set(contact?.SigninName ?? answers.size, hr);
      const codes = new Set();
      for (let at = 0; at < 10_000; at += 1) {
        try {
          messenger.AddContact(0, `person${at}@example.com`);
        } catch (error) {
          refused += 1;
          codes.add(error.number);
        }
      }
      while (answers.size + refused < 10_000) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      await messenger.queryMyStatus();
      const outcomes = [...answers.values()];
      outcomes.filter((hr) => hr < 0).forEach((hr) => codes.add(hr));
      return {
        added: outcomes.filter((hr) => hr === 0).length,
        listed: messenger.MyContacts.Count,
        codes: [...codes],
        busy: HRESULT.MSGR_E_SERVER_TOO_BUSY,
      };
    });
    expect(result.added).toBeGreaterThan(300);
    expect(result.listed).toBe(result.added);
    expect(result.codes).toEqual([result.busy]);
    await expect(erika.tree.getByRole("treeitem").first()).toHaveAttribute("aria-setsize", String(result.added));
    await erika.page.reload();
    await erika.isConnected();
    await expect(erika.tree.getByRole("treeitem").first()).toHaveAttribute("aria-setsize", String(result.added));
  },
);

test("the list finds people and orders them by who is there", async ({ person, names: { ERIKA, FRANZ, GUSTAV } }) => {
  const [erika, franz] = [await person(ERIKA, { list: 'sort="onoffline"' }), await person(FRANZ)];
  await befriend(erika, franz);
  await erika.add(GUSTAV);
  await expect(erika.line("Online, 1")).toBeVisible();
  await expect(erika.line("Offline, 1")).toBeVisible();
  await erika.tabTo(erika.filter);
  await erika.page.keyboard.type("GUST");
  await expect(erika.line(FRANZ)).toHaveCount(0);
  await expect(erika.line("gustav")).toBeVisible();
  await erika.page.keyboard.type("x");
  await expect(erika.page.getByText("Nobody found")).toBeVisible();
});

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing in the ${colorScheme} theme`, EMBEDDED, async ({ person, names: { ERIKA, FRANZ } }) => {
    const [erika, franz] = [await person(ERIKA, { colorScheme }), await person(FRANZ, { colorScheme })];
    expect(await violations(franz.page)).toEqual([]);
    await erika.add(FRANZ);
    await expect(franz.requests).toBeVisible();
    expect(await violations(franz.page)).toEqual([]);
    await franz.tabTo(franz.requests.getByRole("button", { name: `Accept: ${ERIKA}` }));
    await franz.press("Enter");
    await franz.goTo(ERIKA);
    await franz.press("Shift+F10");
    await expect(franz.page.getByRole("menu")).toBeVisible();
    expect(await violations(franz.page)).toEqual([]);
    await franz.press("Escape", "Enter");
    await franz.say(ERIKA, "Hello");
    await franz.hears(ERIKA, "Hello");
    await franz.tabTo(franz.page.getByRole("button", { name: "New group" }));
    await franz.press("Enter");
    expect(await violations(franz.page)).toEqual([]);
  });
}
