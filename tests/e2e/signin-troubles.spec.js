// What keeps a page from being signed in is said to its developers: once in the console, by `error` on the elements, and by
// `mistatus.ready`; the token's endpoint can also say that nobody is logged in, which is no fault.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { inSeconds, serverWithTokens, token } from "./support/jwt.js";
import { inTime } from "./support/minutes.js";
import { withClock } from "./support/people.js";
import { test as base, expect } from "./support/test.js";
import { setVisible } from "./support/visibility.js";

const SECRET = "s3cret-in-the-query";
const GOOD = () => token({ sub: "erika@example.com", exp: inSeconds(600) });

const test = base.extend({
  server: async ({ host }, use) => serverWithTokens([host.url], use),

  /** Opens a page with the script tag; returns what it says in the console, the frames it sends and how often it asked for a token. */
  open: async ({ host, page, server }, use) => {
    await use(async (give, attributes = `data-token-url="/token?key=${SECRET}"`) => {
      const seen = { asked: 0, errors: [], sent: [] };
      page.on("console", (message) => {
        // The browser's own lines about answers are not ours.
        if (message.text().startsWith("mistatus")) {
          seen.errors.push(message.text());
        }
      });
      page.on("websocket", (socket) => socket.on("framesent", ({ payload }) => seen.sent.push(payload)));
      host.answer("token", () => {
        seen.asked += 1;
        return give(seen.asked);
      });
      await withClock(page);
      const head = `<script src="${server.url}/mistatus.js" ${attributes}></script>`;
      const body = '<mi-my-status>…</mi-my-status><mi-status contact="erika@example.com">…</mi-status>';
      await page.goto(host.page(body, { head }));
      return seen;
    });
  },
});

/** Lets minutes pass until the endpoint has been asked so often. */
const asked = (page, seen, times) => inTime(page, async () => seen.asked >= times);

const HTML = { text: "<!doctype html><title>Log in</title>", type: "text/html" };

for (const [what, answer, words] of [
  ["an HTML page", HTML, ["an HTML page"]],
  ["70 kB", "x".repeat(70_000), ["70000 characters", "text/plain"]],
  ["an error", { status: 500, text: "" }, ["500"]],
  ["nothing", "", ["nothing"]],
  ["JSON without a token", '{"error":"none"}', ["characters"]],
  ["two lines", "not\na token", ["11 characters"]],
]) {
  test(`an endpoint that answers ${what} is named once, and nothing is sent`, async ({ page, open }) => {
    const seen = await open(() => answer);
    for (const element of ["mi-my-status", "mi-status"]) {
      await expect(page.locator(element)).toHaveAttribute("error", "MSGR_E_CONNECT");
    }
    await asked(page, seen, 4);
    expect(seen.errors).toHaveLength(1);
    for (const word of ["/token answered", '{"token": "…"}', ...words]) {
      expect(seen.errors[0]).toContain(word);
    }
    expect(seen.errors[0]).not.toContain(SECRET);
    expect(seen.sent).toEqual([]);
    const reason = await page.evaluate(() => window.mistatus.ready.catch(({ message }) => message));
    expect(seen.errors[0]).toContain(reason);
  });
}

test("a redirect to a login page is named with where it led to", async ({ host, open }) => {
  host.answer("login", () => HTML);
  const seen = await open(() => ({ status: 302, headers: { location: `/login?then=${SECRET}` } }));
  await expect.poll(() => seen.errors.length).toBe(1);
  expect(seen.errors[0]).toContain("/login answered an HTML page (a login page?), after a redirect");
  expect(seen.errors[0]).not.toContain(SECRET);
});

test("a page that is opened as a file is told which origin it has for the server", async ({ page, server }) => {
  const folder = await mkdtemp(path.join(tmpdir(), "mistatus-file-"));
  const file = path.join(folder, "page.html");
  const script = `<script src="${server.url}/mistatus.js" data-signin-name="erika@example.com"></script>`;
  await writeFile(file, `<!doctype html><title>A file</title>${script}<mi-my-status>…</mi-my-status>`);
  const errors = [];
  page.on("console", (message) => errors.push(message.text()));
  await page.goto(pathToFileURL(file).href);
  await expect(page.locator("mi-my-status")).toHaveAttribute("error", "MSGR_E_CONNECT");
  await expect
    .poll(() => errors.filter((text) => text.startsWith("mistatus")))
    .toEqual([expect.stringContaining("takes no pages of null (--allowed-origin)")]);
  await rm(folder, { recursive: true });
});

for (const status of [401, 403, 204]) {
  test(`${status} means that nobody is logged in: quiet, until somebody looks`, async ({ page, open }) => {
    let isLoggedIn = false;
    const seen = await open(() => (isLoggedIn ? GOOD() : { status }));
    const ready = await page.evaluate(() => window.mistatus.ready.catch(({ code }) => code));
    expect(ready).toBe("MSGR_E_NOT_LOGGED_ON");
    const before = seen.asked;
    await page.clock.fastForward(3_600_000);
    // Whatever the page might have asked for before has been asked for by then.
    await page.evaluate(() => fetch("/nowhere").then(() => {}));
    expect(seen.asked).toBe(before);
    expect(seen.errors).toEqual([]);
    expect(seen.sent).toEqual([]);
    await expect(page.locator("mi-my-status")).not.toHaveAttribute("error");
    isLoggedIn = true;
    await setVisible(page, false);
    await setVisible(page, true);
    await expect(page.getByRole("button", { name: "My status: Online" })).toBeVisible();
  });
}

for (const [attribute, credentials] of [
  ["", "same-origin"],
  ['data-token-credentials="include"', "include"],
]) {
  test(`tokens are asked for with the cookies of ${credentials}`, async ({ page, open }) => {
    await page.addInitScript(() => {
      const { fetch } = window;
      window.fetch = (url, options) => {
        window.fetched ??= [];
        window.fetched.push([new URL(url, document.baseURI).pathname, options?.credentials]);
        return fetch(url, options);
      };
    });
    await open(GOOD, `data-token-url="/token" ${attribute}`);
    await expect(page.getByRole("button", { name: "My status: Online" })).toBeVisible();
    expect(await page.evaluate(() => window.fetched)).toContainEqual(["/token", credentials]);
  });
}

test("a script tag that says nobody is told what is missing, once", async ({ page, open }) => {
  const seen = await open(GOOD, "");
  await expect(page.locator("mi-status")).toHaveAttribute("error", "MSGR_E_INVALID_PASSWORD");
  await page.clock.fastForward(3_600_000);
  expect(seen.errors).toHaveLength(1);
  expect(seen.errors[0]).toContain("`token` is missing");
});

test("a server that is not there, or takes no such pages, is named once with what helps", async ({ page, open }) => {
  const seen = await open(GOOD, 'data-token-url="/token" data-server="ws://127.0.0.1:9/stream"');
  await expect(page.locator("mi-status")).toHaveAttribute("error", "MSGR_E_CONNECT");
  await asked(page, seen, 4);
  expect(seen.errors).toHaveLength(1);
  for (const word of ["ws://127.0.0.1:9/stream", new URL(page.url()).origin, "--allowed-origin"]) {
    expect(seen.errors[0]).toContain(word);
  }
  const reason = await page.evaluate(() => window.mistatus.ready.catch(({ message }) => message));
  expect(seen.errors[0]).toContain(reason);
});

test("the reason is told in the middle of a later attempt, too", async ({ page, open }) => {
  let answer = () => HTML;
  const seen = await open(() => answer());
  await asked(page, seen, 1);
  await expect.poll(() => seen.errors.length).toBe(1);
  let release;
  const held = new Promise((resolve) => {
    release = () => resolve(HTML);
  });
  answer = () => held;
  await asked(page, seen, seen.asked + 1);
  const ready = page.evaluate(() => window.mistatus.ready.catch(({ code, message }) => ({ code, message })));
  release();
  const { code, message } = await ready;
  expect(code).toBe("MSGR_E_CONNECT");
  expect(message).toContain("an HTML page");
});
