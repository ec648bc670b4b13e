// Two people in two browsers: each choice of one arrives at the other.

import { expect, test } from "./support/test.js";

const CHOICES = [
  ["Busy", 10],
  ["Do not disturb", 114],
  ["Be right back", 14],
  ["Away", 34],
  ["On the phone", 50],
  ["Out to lunch", 66],
  ["Online", 2],
];

async function both(person) {
  const carla = await person("carla@example.com", "dario@example.com");
  const dario = await person("dario@example.com", "carla@example.com");
  await carla.isConnected();
  await dario.isConnected();
  await carla.sees("Online");
  await dario.sees("Online");
  return [carla, dario];
}

test("every choice arrives at the other, with the status before it", async ({ person }) => {
  const [carla, dario] = await both(person);
  let previous = 2;
  for (const [name, status] of CHOICES) {
    await carla.choose(name);
    await carla.shows(name);
    await dario.sees(name);
    await expect(carla.demo.told("Carla", `OnMyStatusChange(0, ${status})`).first()).toBeVisible();
    const event = dario.demo.told("Dario", `OnContactStatusChange(carla@example.com, ${previous})`).first();
    await expect(event).toContainText(`Status is now ${status},`);
    previous = status;
  }
});

test("appearing offline is offline for the other and invisible for oneself", async ({ person }) => {
  const [carla, dario] = await both(person);
  await carla.choose("Appear offline");
  await dario.sees("Offline");
  await carla.shows("Appear offline");
  await expect(carla.demo.told("Carla", "OnMyStatusChange(0, 6)").first()).toBeVisible();
  const event = dario.demo.told("Dario", "OnContactStatusChange(carla@example.com, 2)").first();
  await expect(event).toContainText("Status is now 1, OFFLINE");
});

test("choosing the status that one has is answered, and told to nobody else", async ({ person }) => {
  const [carla, dario] = await both(person);
  await carla.choose("Busy");
  await dario.sees("Busy");
  const told = dario.demo.told("Dario", "OnContactStatusChange(carla@example.com, ");
  const before = await told.count();
  await carla.choose("Busy");
  await expect(carla.demo.told("Carla", "OnMyStatusChange(0, 10)")).toHaveCount(2);
  await carla.choose("Away");
  await dario.sees("Away");
  await expect(told).toHaveCount(before + 1);
});

test("a reload keeps the choice and is no departure", async ({ person }) => {
  const [carla, dario] = await both(person);
  await carla.choose("Busy");
  await dario.sees("Busy");
  await carla.page.reload();
  await carla.isConnected();
  await carla.shows("Busy");
  await carla.sees("Online");
  await dario.sees("Busy");
  await expect(dario.demo.told("Dario", "OnContactStatusChange(carla@example.com, 10)")).toHaveCount(0);
});

test("leaving is offline for the other", async ({ person }) => {
  const [carla, dario] = await both(person);
  await carla.page.close();
  await expect(dario.other).toHaveAccessibleName("Offline", { timeout: 30_000 });
});

test("two panes on one page follow each other", async ({ demo }) => {
  const [alice, bob] = [demo.pane("alice"), demo.pane("bob")];
  await alice.isConnected();
  await bob.isConnected();
  await bob.choose("Busy");
  await alice.sees("Busy");
  await expect(demo.told("Bob", "OnMyStatusChange(0, 10)").first()).toBeVisible();
  await expect(demo.told("Alice", "OnContactStatusChange(bob@demo.example, 2)").first()).toContainText(
    "Status is now 10, BUSY",
  );
});

test("the crowd of the demo is there and moves by itself", async ({ demo }) => {
  await expect(demo.contacts.getByRole("treeitem").nth(3)).toBeVisible();
  const statuses = async () => (await demo.contacts.getByRole("img").all()).length && demo.contacts.ariaSnapshot();
  const before = await statuses();
  await expect.poll(statuses, { timeout: 45_000 }).not.toBe(before);
});
