// The language of the elements is that of what is around them, also when that changes, and they say which one they speak.

import { gate } from "./support/gate.js";
import { expect, test } from "./support/test.js";

const FRANZ = "franz@example.com";

/** Returns which language each element says that it speaks. */
const spoken = (page) =>
  page.evaluate(() => {
    const all = (root) =>
      [...root.querySelectorAll("*")].flatMap((element) => [
        ...(element.localName.startsWith("mi-") ? [element.shadowRoot.querySelector("[lang]")?.lang] : []),
        ...(element.shadowRoot ? all(element.shadowRoot) : []),
      ]);
    return [...new Set(all(document.body))];
  });

test("a change of language is followed at once, wherever it is made", async ({ page, host, server }) => {
  const body = `<div id="outer"><mi-my-status>…</mi-my-status><mi-status contact="${FRANZ}" label="full">…</mi-status>
    <mi-contact-list>…</mi-contact-list><mi-conversation contact="${FRANZ}" open>…</mi-conversation>
    <div id="app"></div></div>`;
  const head = `<script src="${server.url}/mistatus.js" data-signin-name="${FRANZ}"></script>`;
  await page.goto(host.page(body, { head }));
  await page.evaluate(() => {
    // In an application's own shadow root.
    document.querySelector("#app").attachShadow({ mode: "closed" }).innerHTML = "<mi-my-status></mi-my-status>";
  });
  const picker = page.locator("#outer > mi-my-status").getByRole("button");
  const field = page.locator("mi-conversation").getByRole("textbox");
  const search = page.locator("mi-contact-list").getByRole("searchbox");
  const shows = async (language, [status, contacts, message]) => {
    await expect(picker).toHaveAccessibleName(status);
    await expect(search).toHaveAccessibleName(contacts);
    await expect(field).toHaveAccessibleName(message);
    expect(await spoken(page)).toEqual([language]);
  };
  const GERMAN = ["Mein Status: Online", "Kontakte suchen", "Nachricht"];
  const ENGLISH = ["My status: Online", "Search contacts", "Message"];
  await shows("en", ENGLISH);

  await field.fill("half a sentence");
  await page.evaluate(() => document.documentElement.setAttribute("lang", "de-AT"));
  await shows("de", GERMAN);
  await expect(field).toHaveValue("half a sentence");

  // The nearest says it, and what nobody speaks is not claimed.
  await page.evaluate(() => document.querySelector("#outer").setAttribute("lang", "fi"));
  await shows("en", ENGLISH);
  await page.evaluate(() => document.querySelector("#outer").removeAttribute("lang"));
  await shows("de", GERMAN);

  await page.evaluate(() => {
    const there = document.createElement("div");
    there.lang = "en";
    document.body.append(there);
    there.append(document.querySelector("#outer"));
  });
  await shows("en", ENGLISH);
});

test("an element follows the language around an application's own root, and the page's direction", async ({
  page,
  host,
  server,
}) => {
  const head = `<script src="${server.url}/mistatus.js" data-signin-name="${FRANZ}"></script>`;
  await page.goto(host.page('<div id="app"></div>', { head }));
  await page.evaluate(() => {
    const root = document.querySelector("#app").attachShadow({ mode: "open" });
    root.innerHTML = '<div id="inner"><mi-my-status></mi-my-status></div>';
  });
  const button = page.getByRole("button");
  await expect(button).toHaveAccessibleName("My status: Online");
  await page.evaluate(() => {
    document.querySelector("#app").shadowRoot.querySelector("#inner").lang = "fr";
  });
  await expect(button).toHaveAccessibleName(/En ligne$/);
  await page.evaluate(() => {
    document.querySelector("#app").shadowRoot.querySelector("#inner").removeAttribute("lang");
    document.querySelector("#app").lang = "es";
  });
  await expect(button).toHaveAccessibleName(/En línea$/);
  await page.evaluate(() => {
    document.querySelector("#app").removeAttribute("lang");
    Object.assign(document.documentElement, { lang: "ar", dir: "rtl" });
  });
  await expect(button).toHaveAccessibleName(/متصل$/);
  await expect(button).toHaveCSS("direction", "rtl");
  await page.evaluate(() => {
    document.documentElement.dir = "ltr";
  });
  await expect(button).toHaveCSS("direction", "ltr");
});

/** Returns which texts a page asked for, by the tags of their files. */
const textsOf = (page) => {
  const tags = [];
  page.on("request", (request) => {
    const [, tag] = /mistatus-([\w-]+)-[0-9a-f]{8}\.json$/.exec(request.url()) ?? [];
    tags.push(...(tag ? [tag] : []));
  });
  return tags;
};

/** @param {import("@playwright/test").Page} page */
const picker = (page) => page.locator("mi-my-status").getByRole("button");

for (const [lang, tags, name] of [
  ["nl-BE", ["nl"], "Mijn status: Online"],
  ["zh-TW", ["zh-Hant"], "我的狀態: 線上"],
  ["zh", ["zh-Hans"], "我的状态: 在线"],
  ["pt-AO", ["pt-PT"], "O meu estado: Online"],
  ["en-AU", [], "My status: Online"],
  // Nobody wrote them.
  ["fi", [], "My status: Online"],
  ["no language", [], "My status: Online"],
]) {
  test(`a page in "${lang}" asks for ${tags[0] ?? "no texts"}`, async ({ page, host, server }) => {
    const asked = textsOf(page);
    const errors = [];
    page.on("pageerror", (error) => errors.push(error));
    const head = `<script src="${server.url}/mistatus.js" data-signin-name="${FRANZ}" data-lang="${lang}"></script>`;
    await page.goto(host.page("<mi-my-status>…</mi-my-status>", { head }));
    await expect(picker(page)).toHaveAccessibleName(name);
    expect(asked).toEqual(tags);
    // What waits for an idle moment has had one.
    await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));
    expect(errors).toEqual([]);
  });
}

test("the texts are there when the first thing is drawn, however late they come", async ({ page, host, server }) => {
  const release = await gate(page, /mistatus-ja-[0-9a-f]{8}\.json$/);
  const wasm = page.waitForResponse(/\.wasm$/);
  const head = `<script src="${server.url}/mistatus.js" data-signin-name="${FRANZ}" data-lang="ja"></script>`;
  await page.goto(host.page("<mi-my-status>…</mi-my-status>", { head }));
  await (await wasm).finished();
  await expect(page.locator("mi-my-status").getByText("My status")).toHaveCount(0);
  release();
  await expect(picker(page)).toHaveAccessibleName(/オンライン$/);
});

test("texts that hang do not hold up the page, and are drawn when they come", async ({ page, host, server }) => {
  const release = await gate(page, /mistatus-ja-[0-9a-f]{8}\.json$/);
  const head = `<script src="${server.url}/mistatus.js" data-signin-name="${FRANZ}" data-lang="ja"></script>`;
  await page.goto(host.page("<mi-my-status>…</mi-my-status>", { head }));
  await expect(picker(page)).toHaveAccessibleName("My status: Online");
  release();
  await expect(picker(page)).toHaveAccessibleName(/オンライン$/);
});

test("texts that cannot be had are said once, and English stands in", async ({ page, host, server }) => {
  const lines = [];
  page.on("console", (message) => message.type() === "warning" && lines.push(message.text()));
  await page.route(/mistatus-ja-[0-9a-f]{8}\.json$/, (route) => route.fulfill({ status: 404, body: "" }));
  const head = `<script src="${server.url}/mistatus.js" data-signin-name="${FRANZ}" data-lang="ja"></script>`;
  const body = `<mi-my-status>…</mi-my-status><mi-status contact="${FRANZ}" label="full">…</mi-status>`;
  await page.goto(host.page(body, { head }));
  await expect(picker(page)).toHaveAccessibleName("My status: Online");
  expect(await spoken(page)).toEqual(["en"]);
  await expect.poll(() => lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^mistatus: the texts for "ja" could not be loaded, English stands in: .* answered 404$/);
});

test("a page gives texts of its own, before and after there is something to draw", async ({ page, host, server }) => {
  const lines = [];
  page.on("console", (message) => message.type() === "error" && lines.push(message.text()));
  const head = `<script src="${server.url}/mistatus.js" data-signin-name="${FRANZ}" data-lang="de-CH"></script>`;
  const release = await gate(page, /\.wasm$/);
  await page.goto(host.page("<mi-my-status>…</mi-my-status>", { head }));
  await page.evaluate(() => window.mistatus.texts("de", { "status.online": "Im Haus" }));
  release();
  await expect(picker(page)).toHaveAccessibleName("Mein Status: Im Haus");

  await page.evaluate(() => {
    window.mistatus.texts("de-CH", { "my-status": "Mein <b>Zustand</b>" });
    // A language that nobody wrote.
    window.mistatus.texts("fi", { "status.online": "Paikalla" });
  });
  await expect(picker(page)).toHaveAccessibleName("Mein <b>Zustand</b>: Im Haus");
  await page.locator("mi-my-status").evaluate((element) => element.setAttribute("lang", "fi-FI"));
  await expect(picker(page)).toHaveAccessibleName("My status: Paikalla");
  expect(await spoken(page)).toEqual(["fi"]);

  // What cannot be changes nothing, and is said to whoever wrote it.
  await page.evaluate(() => {
    window.mistatus.texts("fi", { "status.online": "Täällä", "status.gone": "Poissa" });
    window.mistatus.texts("fi", { "status.online": 2 });
    window.mistatus.texts("fi", null);
    window.mistatus.texts("not a language", {});
  });
  await expect.poll(() => lines).toHaveLength(4);
  expect(lines[0]).toContain('texts for "fi": there is no text with the key "status.gone"');
  expect(lines[1]).toContain('texts for "fi": "status.online" must be a text');
  expect(lines[2]).toContain('texts for "fi": they must be an object');
  expect(lines[3]).toContain('texts for "not a language"');
  await expect(picker(page)).toHaveAccessibleName("My status: Paikalla");
});
