// Claims: a back end says how somebody is, everybody sees it, and the user has the last word.

import { ANNA, test as base, expect, mine } from "./support/status-page.js";

const HOUR = 3_600_000;

const test = base.extend({
  /** A back end that knows the calendar. */
  calendar: async ({ server }, use) => {
    const key = await server.serviceKey("calendar", ["claims:write"]);
    await use(new BackEnd(server.url, key));
  },
});

class BackEnd {
  constructor(url, key) {
    this.url = `${url}/api/v1/presence`;
    this.key = key;
  }

  async #ask(method, path, body) {
    const headers = { authorization: `Bearer ${this.key}`, "content-type": "application/json" };
    const answer = () => fetch(`${this.url}/${path}`, { method, headers, body: JSON.stringify(body) });
    // The server looks for fresh keys, and knows people from when they first came.
    await expect.poll(async () => (await answer()).status).toBe(204);
  }

  put(name, id, claim) {
    return this.#ask("PUT", `${encodeURIComponent(name)}/claims/${id}`, { until: Date.now() + HOUR, ...claim });
  }

  remove(name, id) {
    return this.#ask("DELETE", `${encodeURIComponent(name)}/claims/${id}`);
  }
}

const REVIEW = { source: "calendar", status: "in-a-meeting", note: "Review <b>until four</b>" };

const anna = (page) => page.locator("mi-status");

test("a claim is seen by everybody, and what was before is there again when it is taken back", async ({
  person,
  calendar,
}) => {
  const [page, other] = [await person(ANNA), await person("bert@example.com")];
  await expect(mine(page)).toHaveAccessibleName("My status: Online");
  await calendar.put(ANNA, "review", REVIEW);
  await expect(mine(page)).toHaveAccessibleName(`My status: In a meeting, ${REVIEW.note}`);
  await expect(anna(other)).toHaveAttribute("status", "in-a-meeting");
  await expect(anna(other).locator(".mi-dot")).toHaveAttribute("title", /In a meeting – Review <b>until four<\/b>/);
  const explained = await other.evaluate((name) => window.mistatus.messenger.explain(name), ANNA);
  expect(explained).toMatchObject({ source: "calendar", note: REVIEW.note });
  const own = await page.evaluate(() => window.mistatus.messenger.explain());
  expect(own).toMatchObject({ source: "calendar", note: REVIEW.note });
  expect(own.until).not.toBeNull();
  await calendar.remove(ANNA, "review");
  await expect(mine(page)).toHaveAccessibleName("My status: Online");
  await expect(anna(other)).toHaveAttribute("status", "online");
});

test("the user dismisses a claim in the picker, by keyboard, and it does not come back", async ({
  person,
  calendar,
}) => {
  const page = await person(ANNA);
  await calendar.put(ANNA, "review", REVIEW);
  await expect(mine(page)).toHaveAccessibleName(/In a meeting/);
  await mine(page).focus();
  await page.keyboard.press("ArrowUp");
  await expect(page.getByRole("menuitem", { name: "Don’t show: In a meeting" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(mine(page)).toHaveAccessibleName("My status: Online");
  await calendar.put(ANNA, "review", { ...REVIEW, note: "Longer" });
  const claims = () => page.evaluate(() => window.mistatus.messenger.claims);
  await expect
    .poll(async () => (await claims()).map(({ note, dismissed }) => [note, dismissed]))
    .toEqual([["Longer", true]]);
  await expect(mine(page)).toHaveAccessibleName("My status: Online");
});

test("scripts are told of claims and can dismiss them and ignore their source", async ({ person, calendar }) => {
  const page = await person(ANNA);
  await page.evaluate(() => {
    const { messenger } = window.mistatus;
    Object.assign(window, { told: [] });
    messenger.addEventListener("claims-change", () => window.told.push(messenger.claims.length));
    messenger.addEventListener("OnMyStatusChange", () => window.told.push(messenger.MyStatus));
  });
  const later = Date.now() + HOUR;
  await calendar.put(ANNA, "later", { source: "meeting", status: 0x82, from: later, until: later + HOUR });
  const told = () => page.evaluate(() => window.told);
  await expect.poll(told, "one for later is no change of the status").toEqual([1]);
  await calendar.put(ANNA, "review", REVIEW);
  await expect.poll(told).toEqual([1, 2, 0x52]);
  const claims = await page.evaluate(() => window.mistatus.messenger.claims);
  expect(claims.map(({ service, id, source, status, inForce }) => [service, id, source, status, inForce])).toEqual([
    ["calendar", "later", "meeting", 0x82, false],
    ["calendar", "review", "calendar", 0x52, true],
  ]);
  await page.evaluate(() => window.mistatus.messenger.ignoreClaims("calendar"));
  expect(
    await page.evaluate(() => [window.mistatus.messenger.MyStatus, window.mistatus.messenger.ignoredClaims]),
  ).toEqual([0x02, ["calendar"]]);
  await page.evaluate(() => window.mistatus.messenger.ignoreClaims("calendar", false));
  expect(await page.evaluate(() => window.mistatus.messenger.MyStatus)).toBe(0x52);
  await page.evaluate(() => window.mistatus.messenger.dismissClaim(window.mistatus.messenger.claims[1]));
  expect(await page.evaluate(() => window.mistatus.messenger.MyStatus)).toBe(0x02);
  const wrong = (call) =>
    page.evaluate(`window.mistatus.messenger.${call}.catch((error) => [error.code, error.message])`);
  const [code, message] = await wrong('ignoreClaims("weather")');
  expect(code).toBe("E_INVALIDARG");
  expect(message).toMatch(/source must be .*calendar/);
  expect((await wrong('dismissClaim({ service: "a/b", id: "c" })'))[0]).toBe("E_INVALIDARG");
});

test("claims outlive a server that is killed, and a claim on somebody invisible shows nothing", async ({
  person,
  server,
  calendar,
}) => {
  const [page, other] = [await person(ANNA), await person("bert@example.com")];
  await calendar.put(ANNA, "review", REVIEW);
  await server.kill();
  await server.restart();
  await expect(anna(other)).toHaveAttribute("status", "in-a-meeting");
  await expect(mine(page)).toHaveAccessibleName(/In a meeting/);
  await page.evaluate(() => window.mistatus.messenger.setMyStatus(6));
  await expect(anna(other)).toHaveAttribute("status", "offline");
  await calendar.put(ANNA, "call", { source: "call", status: "on-the-phone" });
  await expect(mine(page)).toHaveAccessibleName("My status: Appear offline");
  await expect(anna(other)).toHaveAttribute("status", "offline");
  const explained = await other.evaluate((name) => window.mistatus.messenger.explain(name), ANNA);
  expect(explained).toMatchObject({ source: "connection", note: null, until: null });
});
