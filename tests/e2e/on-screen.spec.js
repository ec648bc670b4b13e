// People are followed while they are on the screen or near it, and by the batch.

import { expect, test } from "./support/test.js";

const staff = Array.from({ length: 400 }, (_, at) => `staff-${at}@example.com`);
const rows = staff
  .map((name) => `<p style="height:40px"><mi-status contact="${name}" label="name"></mi-status></p>`)
  .join("");

const watched = (frames) => {
  const names = new Set();
  for (const frame of frames) {
    for (const name of frame.names ?? []) {
      if (frame.type === "watch") {
        names.add(name);
      } else {
        names.delete(name);
      }
    }
  }
  return names;
};

async function openList(page, host, server) {
  const frames = [];
  page.on("websocket", (socket) => {
    socket.on("framesent", ({ payload }) => {
      const frame = JSON.parse(payload);
      if (frame.type === "watch" || frame.type === "unwatch") {
        frames.push(frame);
      }
    });
  });
  const head = `<script src="${server.url}/mistatus.js" data-signin-name="viola@example.com"></script>`;
  await page.goto(host.page(rows, { head }));
  await page.evaluate(() => window.mistatus.ready);
  return frames;
}

test("only who is near the screen is followed, in few frames, and whoever is scrolled to", async ({
  page,
  host,
  server,
}) => {
  const frames = await openList(page, host, server);
  await expect.poll(() => watched(frames).has(staff[0])).toBe(true);
  const first = watched(frames).size;
  expect(first).toBeLessThan(150);
  expect(frames.length).toBeLessThanOrEqual(4);
  expect(watched(frames).has(staff[399])).toBe(false);
  await page.locator("mi-status").last().scrollIntoViewIfNeeded();
  await expect.poll(() => watched(frames).has(staff[399])).toBe(true);
});

test("who has been away from the screen for a while is let go, and what was shown stays as last known", async ({
  page,
  host,
  server,
}) => {
  await page.clock.install();
  const frames = await openList(page, host, server);
  const franka = await page.context().browser().newContext();
  const other = await franka.newPage();
  await other.goto(
    host.page("<p>me</p>", {
      head: `<script src="${server.url}/mistatus.js" data-signin-name="${staff[1]}"></script>`,
    }),
  );
  await other.evaluate(() => window.mistatus.ready);
  const dot = page.locator(`mi-status[contact="${staff[1]}"]`);
  await expect(dot).toHaveAttribute("status", "online");
  await page.locator("mi-status").last().scrollIntoViewIfNeeded();
  await expect.poll(() => watched(frames).has(staff[399])).toBe(true);
  await page.clock.runFor(70_000);
  await expect.poll(() => watched(frames).has(staff[1])).toBe(false);
  await expect(dot).toHaveAttribute("status", "online");
  await expect(dot).toHaveAttribute("stale", "");
  await page.locator("mi-status").first().scrollIntoViewIfNeeded();
  await expect(dot).not.toHaveAttribute("stale");
  await expect(dot).toHaveAttribute("status", "online");
  await franka.close();
});

test("an element that is moved goes on as it was", async ({ page, host, server }) => {
  const frames = await openList(page, host, server);
  await expect.poll(() => watched(frames).has(staff[0])).toBe(true);
  const before = frames.length;
  await page.evaluate(() => document.body.prepend(document.querySelector("mi-status")));
  await page.locator("mi-status").nth(300).scrollIntoViewIfNeeded();
  await expect.poll(() => frames.length).toBeGreaterThan(before);
  expect(frames.slice(before).some((frame) => frame.names.includes(staff[0]))).toBe(false);
});
