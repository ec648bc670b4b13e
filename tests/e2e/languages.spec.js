// The language of the elements is that of what is around them, also when that changes, and they say which one they speak.

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
