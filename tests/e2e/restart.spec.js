// The server dies and comes back: everybody says so, comes back by themselves, and nothing is missing.

import { expect, test } from "./support/test.js";

test("what was chosen and who was on the list outlive the server's sudden end", async ({ demo, server }) => {
  test.setTimeout(120_000);
  const [alice, bob] = [demo.pane("alice"), demo.pane("bob")];
  await alice.isConnected();
  await bob.isConnected();
  await alice.choose("Busy");
  await bob.choose("Appear offline");
  await bob.sees("Busy");
  await alice.sees("Offline");
  // The list itself holds only the lines in sight.
  const anybody = demo.contacts.getByRole("treeitem").first();
  await expect(anybody).toHaveAttribute("aria-setsize", /^\d\d/);
  const people = await anybody.getAttribute("aria-setsize");

  await server.kill();
  for (const pane of [alice, bob]) {
    await expect(pane.connection).not.toHaveText("Connected");
    await expect(pane.other).toHaveAccessibleName(/\(last known\)$/);
  }

  await server.restart();
  for (const pane of [alice, bob]) {
    await expect(pane.connection).toHaveText("Connected", { timeout: 45_000 });
  }
  await alice.shows("Busy");
  await bob.shows("Appear offline");
  await bob.sees("Busy");
  await alice.sees("Offline");
  await expect(anybody).toHaveAttribute("aria-setsize", people);
});

test("a choice made after the server came back arrives", async ({ demo, server }) => {
  test.setTimeout(120_000);
  const [alice, bob] = [demo.pane("alice"), demo.pane("bob")];
  await alice.isConnected();
  await bob.isConnected();
  await server.kill();
  await expect(alice.connection).not.toHaveText("Connected");
  await server.restart();
  await expect(alice.connection).toHaveText("Connected", { timeout: 45_000 });
  await expect(bob.connection).toHaveText("Connected", { timeout: 45_000 });
  await alice.choose("Out to lunch");
  await bob.sees("Out to lunch");
});

test("a choice made while the server is away is shown as pending and arrives once it is back", async ({
  demo,
  server,
}) => {
  test.setTimeout(120_000);
  const [alice, bob] = [demo.pane("alice"), demo.pane("bob")];
  await alice.isConnected();
  await bob.isConnected();
  await server.kill();
  await expect(alice.connection).not.toHaveText("Connected");
  // Between two attempts, and over some that fail.
  await alice.choose("Out to lunch");
  await expect(alice.button).toHaveAttribute("aria-busy", "true");
  await server.restart();
  await expect(alice.connection).toHaveText("Connected", { timeout: 45_000 });
  await alice.shows("Out to lunch");
  await bob.sees("Out to lunch");
  await expect(alice.button).not.toHaveAttribute("aria-busy");
});
