// How the script comes into a page: by a tag, as a module, imported, brought by another script, or a second time as a package.

import path from "node:path";
import { fileURLToPath } from "node:url";

import { expect, test } from "./support/test.js";

const PACKAGE = fileURLToPath(new URL("../../npm/dist/", import.meta.url));
const FRANZ = "franz@example.com";
const ERIKA = "erika@example.com";
const BODY = "<mi-my-status>…</mi-my-status>";

/** Without those of the browser about files that a page does not have. */
const complaints = (said) =>
  said.filter(({ type, text }) => type === "pageerror" || text.startsWith("mistatus")).map(({ text }) => text);

for (const [what, tags] of [
  ["a module", (src) => `<script type="module" src="${src}" data-signin-name="${FRANZ}" data-lang="de"></script>`],
  [
    "imported, and its tag was put to sleep",
    (src) => `<script type="text/plain" src="${src}" data-signin-name="${FRANZ}" data-lang="de"></script>
      <script type="module">await import("${src}");</script>`,
  ],
  [
    "brought by another script, which takes the tag away",
    (src) => `<script>
      const tag = document.createElement("script");
      Object.assign(tag, { src: "${src}", async: true });
      Object.assign(tag.dataset, { signinName: "${FRANZ}", lang: "de" });
      tag.onload = () => tag.remove();
      document.head.append(tag);
    </script>`,
  ],
]) {
  test(`the settings of a script that is ${what} are found`, async ({ page, host, server, said }) => {
    await page.goto(host.page(BODY, { head: tags(`${server.url}/mistatus.js?v=3`) }));
    await expect(page.getByRole("button")).toHaveAccessibleName("Mein Status: Online");
    expect(await page.evaluate(async () => (await window.mistatus.ready).MySigninName)).toBe(FRANZ);
    expect(complaints(said)).toEqual([]);
  });
}

test("a script that was imported without a tag says so once, and finds its files", async ({
  page,
  host,
  server,
  said,
}) => {
  await page.goto(
    host.page(BODY, { head: `<script type="module">await import("${server.url}/mistatus.js");</script>` }),
  );
  await expect.poll(() => complaints(said).filter((text) => text.includes("no script tag"))).toHaveLength(1);
  await page.evaluate(
    ([server, signinName]) => window.mistatus.connect({ server, signinName }),
    [server.stream, FRANZ],
  );
  await expect(page.getByRole("button")).toHaveAccessibleName("My status: Online");
  expect(complaints(said).filter((text) => text.includes("no script tag"))).toHaveLength(1);
});

/** Serves the npm package to a page, as often as it asks for a copy: each folder has modules of its own. */
async function packaged(page, host) {
  await page.route(`${host.url}/copy-*/*`, (route) =>
    route.fulfill({ path: path.join(PACKAGE, path.basename(new URL(route.request().url()).pathname)) }),
  );
}

test("two copies of the package in one page are one", async ({ page, host, server, said }) => {
  await packaged(page, host);
  await page.goto(host.page(`${BODY}<mi-status contact="${FRANZ}">…</mi-status>`));
  const first = await page.evaluate(
    async ([server, signinName]) => {
      await import("/copy-1/define.js");
      await import("/copy-2/define.js");
      const { connect, MISTATUS } = await import("/copy-2/index.js");
      const messenger = await connect({ server, signinName });
      await messenger.setMyStatus(MISTATUS.BUSY);
      // The first messenger of a page serves its elements, whichever copy made it.
      const other = await (await import("/copy-1/index.js")).connect({ server, signinName: "other@example.com" });
      window.first = messenger;
      return other.MySigninName;
    },
    [server.stream, FRANZ],
  );
  expect(first).toBe("other@example.com");
  await expect(page.getByRole("button")).toHaveAccessibleName("My status: Busy");
  await expect(page.locator("mi-status")).toHaveAttribute("status", "busy");
  expect(await page.locator("mi-status").evaluate((element) => element.messenger === window.first)).toBe(true);
  expect(complaints(said)).toEqual([]);
});

test("the messenger of the script tag stays the page's beside a package that connects", async ({
  page,
  host,
  server,
  said,
}) => {
  await packaged(page, host);
  await page.goto(
    host.page(BODY, { head: `<script src="${server.url}/mistatus.js" data-signin-name="${FRANZ}"></script>` }),
  );
  await expect(page.getByRole("button")).toHaveAccessibleName("My status: Online");
  const kept = await page.evaluate(
    async ([server, signinName]) => {
      const messenger = await window.mistatus.ready;
      const other = await (await import("/copy-1/index.js")).connect({ server, signinName });
      await other.setMyStatus(10);
      return messenger === window.mistatus.messenger && messenger.MySigninName;
    },
    [server.stream, ERIKA],
  );
  expect(kept).toBe(FRANZ);
  await expect(page.getByRole("button")).toHaveAccessibleName("My status: Online");
  expect(complaints(said)).toEqual([]);
});

test("a script tag that comes after a package that is connected leaves it the elements while it is", async ({
  page,
  host,
  server,
  said,
}) => {
  await packaged(page, host);
  await page.goto(host.page(BODY));
  await page.evaluate(
    async ([server, signinName]) => {
      await import("/copy-1/define.js");
      window.first = await (await import("/copy-1/index.js")).connect({ server, signinName });
    },
    [server.stream, ERIKA],
  );
  await page.evaluate(
    ([src, name]) =>
      new Promise((resolve) => {
        const tag = Object.assign(document.createElement("script"), { src, onload: resolve });
        tag.dataset.signinName = name;
        document.head.append(tag);
      }),
    [`${server.url}/mistatus.js`, FRANZ],
  );
  const served = () => page.locator("mi-my-status").evaluate((element) => element.messenger?.MySigninName);
  expect(await served()).toBe(ERIKA);
  await page.evaluate(() => window.first.close());
  await expect.poll(served).toBe(FRANZ);
  await expect(page.getByRole("button")).toHaveAccessibleName("My status: Online");
  expect(complaints(said)).toEqual([]);
});

test("the stream is sought beside the script, also below a path", async ({ page, host }) => {
  const asked = page.waitForEvent("websocket");
  const head = `<script src="${host.url}/widget/mistatus.js" data-signin-name="${FRANZ}"></script>`;
  await page.goto(host.page(BODY, { head }));
  expect((await asked).url()).toBe(`${host.url.replace("http", "ws")}/widget/stream`);
});
