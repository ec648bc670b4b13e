// What a user has not read: the same in all tabs and on all devices, over reloads and restarts, until it was seen.

import { PeoplePage } from "./pages/people-page.js";
import { test as base, expect } from "./support/people.js";
import { observed, setVisible } from "./support/visibility.js";

const WITH_LIST = "<mi-my-status no-idle>…</mi-my-status><mi-contact-list></mi-contact-list>";

const test = base.extend({
  options: [["--auth", "open", "--visibility", "everyone"], { option: true }],

  /** Opens a page of somebody's in a browser profile of their own, or in one that they have already. */
  person: async ({ browser, host, server }, use) => {
    const contexts = [];
    await use(async (name, { context, attributes = "", body = WITH_LIST } = {}) => {
      if (!context) {
        context = await browser.newContext();
        contexts.push(context);
      }
      const head = `<script src="${server.url}/mistatus.js" data-signin-name="${name}" ${attributes}></script>`;
      const reader = new Reader(await context.newPage(), name);
      await reader.page.goto(host.page(body, { head }));
      await reader.isConnected();
      return reader;
    });
    await Promise.all(contexts.map((context) => context.close()));
  },
});

/** With which no message opens a conversation. */
const CLOSED = { attributes: 'data-open-on-message="false"' };

class Reader extends PeoplePage {
  /** Counts `message` events from now on, and keeps what `unread-change` tells. */
  async listen() {
    await this.page.evaluate(() => {
      const { messenger } = window.mistatus;
      Object.assign(window, { arrived: 0, counted: [] });
      messenger.addEventListener("message", () => {
        window.arrived += 1;
      });
      messenger.addEventListener("unread-change", ({ detail: { contact, count, total } }) =>
        window.counted.push([contact.SigninName, count, total]),
      );
    });
  }

  counted() {
    return this.page.evaluate(() => window.counted);
  }

  async addToList(name) {
    await this.page.evaluate((name) => window.mistatus.messenger.messengerPrivate.AddContact(name), name);
    await expect(this.line(name)).toBeVisible();
  }

  async write(to, text) {
    await this.page.evaluate(([to, text]) => window.mistatus.messenger.sendMessage(to, text), [to, text]);
  }

  /** Has so many unread messages of one person and of nobody else, by everything that says so. */
  async hasUnread(from, count) {
    const numbers = () =>
      this.page.evaluate((from) => {
        const { messenger } = window.mistatus;
        return [messenger.unread, messenger.unreadFrom(from), document.querySelector("mi-contact-list").unread];
      }, from);
    await expect.poll(numbers).toEqual([count, count, count]);
    const isCounted = expect(this.line(from), `the line of ${from}`);
    await (count > 0 ? isCounted : isCounted.not).toHaveAccessibleName(/new message/i);
  }
}

test("a message is unread everywhere, over reloads and a restart, until it was seen on one device", async ({
  person,
  server,
  names: { ERIKA, FRANZ },
}) => {
  test.setTimeout(120_000);
  const erika = await person(ERIKA);
  const [desk, phone] = [await person(FRANZ, CLOSED), await person(FRANZ, CLOSED)];
  await desk.addToList(ERIKA);
  await desk.listen();
  await erika.write(FRANZ, "Hello");
  await desk.hasUnread(ERIKA, 1);
  await phone.hasUnread(ERIKA, 1);
  expect(await desk.counted()).toEqual([[ERIKA, 1, 1]]);
  await desk.page.reload();
  await desk.isConnected();
  await desk.hasUnread(ERIKA, 1);
  await server.kill();
  await server.restart();
  const later = await person(FRANZ, CLOSED);
  for (const franz of [desk, phone, later]) {
    await franz.isConnected();
    await franz.hasUnread(ERIKA, 1);
  }
  await phone.goTo(ERIKA);
  await phone.press("Enter");
  await phone.hears(ERIKA, "Hello");
  for (const franz of [desk, phone, later]) {
    await franz.hasUnread(ERIKA, 0);
  }
  await desk.page.reload();
  await desk.sees(ERIKA, "Online");
  await desk.hasUnread(ERIKA, 0);
});

test("an open conversation is read when its page is seen, and a page of one's own says so itself", async ({
  person,
  names: { ERIKA, FRANZ },
}) => {
  const [erika, franz] = [await person(ERIKA), await person(FRANZ, CLOSED)];
  await franz.addToList(ERIKA);
  await franz.goTo(ERIKA);
  await franz.press("Enter");
  await expect(franz.conversation(ERIKA)).toBeVisible();
  await observed(franz.conversation(ERIKA));
  await franz.listen();
  await erika.write(FRANZ, "seen at once");
  await franz.hears(ERIKA, "seen at once");
  await setVisible(franz.page, false);
  await erika.write(FRANZ, "seen later");
  await franz.hasUnread(ERIKA, 1);
  expect(await franz.counted()).toEqual([[ERIKA, 1, 1]]);
  await setVisible(franz.page, true);
  await franz.hasUnread(ERIKA, 0);
  await franz.press("Escape");
  await expect(franz.conversation(ERIKA)).toHaveCount(0);
  await erika.write(FRANZ, "shown by the page");
  await franz.hasUnread(ERIKA, 1);
  await franz.page.evaluate((name) => window.mistatus.messenger.markRead(name), ERIKA);
  await franz.hasUnread(ERIKA, 0);
});

test("of several tabs the one that is seen opens the conversation", async ({ person, names: { ERIKA, FRANZ } }) => {
  const erika = await person(ERIKA);
  const front = await person(FRANZ);
  const back = await person(FRANZ, { context: front.page.context() });
  await front.addToList(ERIKA);
  await expect(back.line(ERIKA)).toBeVisible();
  await setVisible(back.page, false);
  await back.listen();
  await erika.write(FRANZ, "Hello");
  await front.hears(ERIKA, "Hello");
  await back.hasUnread(ERIKA, 0);
  await expect.poll(() => back.page.evaluate(() => window.arrived)).toBe(1);
  await setVisible(back.page, true);
  // Longer than messages are collected.
  await back.page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 2_000)));
  await expect(back.conversation(ERIKA)).toHaveCount(0);

  await front.conversation(ERIKA).getByRole("button", { name: "Close" }).click();
  await expect(front.conversation(ERIKA)).toHaveCount(0);
  for (const { page } of [front, back]) {
    await setVisible(page, false);
  }
  await erika.write(FRANZ, "Are you there?");
  await front.hasUnread(ERIKA, 1);
  await setVisible(back.page, true);
  await back.hears(ERIKA, "Are you there?");
  await front.hasUnread(ERIKA, 0);
  await expect(front.conversation(ERIKA)).toHaveCount(0);
});

test("what several people wrote meanwhile stands in the list, not in many conversations", async ({
  person,
  names: { ERIKA, FRANZ, GUSTAV, HANNA },
}) => {
  const franz = await person(FRANZ);
  const context = franz.page.context();
  for (const name of [ERIKA, GUSTAV, HANNA]) {
    await franz.addToList(name);
  }
  await franz.page.close();
  for (const name of [ERIKA, GUSTAV, HANNA]) {
    await (await person(name)).write(FRANZ, "Hello");
  }
  // A page without anything of ours is given the window with the list.
  const back = await person(FRANZ, { context, body: "<p>Intranet</p>" });
  for (const name of [ERIKA, GUSTAV, HANNA]) {
    await expect(back.line(name)).toHaveAccessibleName(/1 new message/i);
  }
  await expect(back.page.getByRole("dialog")).toHaveCount(0);
});
