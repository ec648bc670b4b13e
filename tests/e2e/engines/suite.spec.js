// What must be so on every engine: the same words of a page, the same things seen.

import { conform } from "../support/conformance.js";
import { expect, test } from "./people.js";

/** Everything that a user may choose (`MISTATUS.isSettable`), but being invisible. */
const CHOICES = [10, 14, 34, 50, 66, 114, 178, 2];

test("two people add each other, and every choice of one arrives at the other", async ({ somebody }) => {
  const [ann, bob] = [await somebody("ann"), await somebody("bob")];
  await ann.befriend(bob);
  for (const status of CHOICES) {
    await ann.set(status, { note: `<b>${status}</b>` });
    await ann.has(status);
    await bob.sees(ann, status);
    const note = (name) => window.mistatus.messenger.explain(window.mistatus.messenger.GetContact(name, "")).note;
    await bob.says(note, ann.name, `<b>${status}</b>`);
  }
});

test("who appears offline is offline for the other, sees the others, and comes back", async ({ somebody }) => {
  const [ann, bob] = [await somebody("ann"), await somebody("bob")];
  await ann.befriend(bob);
  await ann.set(6);
  await ann.has(6);
  await bob.sees(ann, 1);
  await bob.set(10);
  await ann.sees(bob, 10);
  await ann.set(2);
  await bob.sees(ann, 2);
});

test("a reload keeps the choice; leaving is a departure", async ({ somebody }) => {
  const [ann, bob] = [await somebody("ann"), await somebody("bob")];
  await ann.befriend(bob);
  await ann.set(10, { note: "Reviewing" });
  await bob.sees(ann, 10);
  await ann.reload();
  await ann.has(10);
  await ann.sees(bob, 2);
  await bob.sees(ann, 10);
  await ann.page.close();
  await bob.sees(ann, 1, { timeout: 90_000 });
});

test("messages arrive in order, once, as text, and wait for who is away", async ({ somebody }) => {
  const [ann, bob] = [await somebody("ann"), await somebody("bob")];
  await ann.befriend(bob);
  const first = ["one", "<img src=x onerror=alert(1)>", "שלום three"];
  for (const text of first) {
    await ann.write(bob, text);
  }
  await bob.reads(ann, first);
  await ann.reads(bob, first);
  const delivered = (name) => window.mistatus.messenger.messages(name).every((message) => message.delivered);
  await ann.says(delivered, bob.name, true);
  await bob.write(ann, "four");
  await ann.reads(bob, [...first, "four"]);
  const { address } = bob;
  await bob.page.goto("about:blank");
  await ann.sees(bob, 1, { timeout: 90_000 });
  await ann.write(bob, "five");
  await bob.page.goto(address);
  await bob.signedIn();
  const last = (name) => window.mistatus.messenger.messages(name).at(-1)?.text;
  await bob.says(last, ann.name, "five");
});

test("who is blocked sees a departure and reaches nobody", async ({ somebody }) => {
  const [ann, bob] = [await somebody("ann"), await somebody("bob")];
  await ann.befriend(bob);
  const block = ([name, blocked]) => {
    window.mistatus.messenger.GetContact(name, "").Blocked = blocked;
  };
  const isBlocked = (name) => window.mistatus.messenger.GetContact(name, "").Blocked;
  await ann.page.evaluate(block, [bob.name, true]);
  await ann.says(isBlocked, bob.name, true);
  await bob.sees(ann, 1);
  await ann.page.evaluate(block, [bob.name, false]);
  await ann.says(isBlocked, bob.name, false);
  await bob.sees(ann, 2);
});

test("groups are kept", async ({ somebody }) => {
  const [ann, bob] = [await somebody("ann"), await somebody("bob")];
  await ann.befriend(bob);
  const make = async ([name, group]) => {
    const { messenger } = window.mistatus;
    const made = new Promise((resolve) => messenger.addEventListener("GroupAdded", resolve, { once: true }));
    messenger.CreateGroup(group, messenger.Services.PrimaryService);
    const { hr } = await made;
    if (hr < 0) {
      throw new Error(`the group was refused: ${hr}`);
    }
    [...messenger.MyGroups].find((one) => one.Name === group).AddContact(messenger.GetContact(name, ""));
  };
  const members = (group) => {
    const found = [...window.mistatus.messenger.MyGroups].find((one) => one.Name === group);
    return found ? [...found.Contacts].map((contact) => contact.SigninName) : [];
  };
  await ann.page.evaluate(make, [bob.name, "Friends <3"]);
  await ann.says(members, "Friends <3", [bob.name]);
  await ann.reload();
  await ann.says(members, "Friends <3", [bob.name]);
});

test("who is taken off the list is gone from it, and stays so", async ({ somebody }) => {
  const [ann, bob] = [await somebody("ann"), await somebody("bob")];
  await ann.befriend(bob);
  await ann.page.evaluate((name) => {
    const { messenger } = window.mistatus;
    messenger.MyContacts.Remove(messenger.GetContact(name, ""));
  }, bob.name);
  const count = () => window.mistatus.messenger.MyContacts.Count;
  await ann.says(count, undefined, 0);
  await ann.reload();
  await ann.says(count, undefined, 0);
  await bob.says(count, undefined, 1);
});

test("each member of the automation API is as documented", async ({ host, page, server }) => {
  test.setTimeout(600_000);
  const { count, wrong } = await conform(page, host, {
    options: server.options,
    names: { domain: server.domain, prefix: `c${process.pid}n` },
    patience: 20_000,
    register: (name) => server.register(name),
  });
  expect(count).toBe(119);
  expect(wrong).toEqual([]);
});
