// What elements say of themselves, on pages whose library makes them as the server wrote them: Turbo, htmx, Idiomorph and
// morphdom take away every attribute that is not in the new page.

import { expect, test } from "./support/test.js";

const FRANZ = "franz@example.com";
const ERIKA = "erika@example.com";

const BODY = `<mi-my-status>…</mi-my-status><mi-status contact="${ERIKA}">…</mi-status>
  <mi-contact-list>…</mi-contact-list><mi-conversation contact="${ERIKA}">…</mi-conversation>`;

const open = (page, host, server) =>
  page.goto(
    host.page(BODY, {
      head: `<script src="${server.url}/mistatus.js" data-signin-name="${FRANZ}" data-open-on-message="false"></script>`,
    }),
  );

/** Makes all elements of a page as they stand in its source, as these libraries do: attribute by attribute, the last one first. */
const morph = (page) =>
  page.evaluate((body) => {
    const fresh = new DOMParser().parseFromString(body, "text/html");
    for (const element of document.querySelectorAll("body > *")) {
      const wanted = fresh.querySelector(element.localName);
      for (const { name } of wanted ? [...element.attributes].reverse() : []) {
        if (!wanted.hasAttribute(name)) {
          element.removeAttribute(name);
        }
      }
    }
  }, BODY);

/** Returns which of an element's states are there, of some. */
const states = (element, ...names) =>
  element.evaluate((element, names) => names.filter((name) => element.matches(`:state(${name})`)), names);

test("what a morph takes away comes back, and is a state all the while", async ({ page, host, server, person }) => {
  await open(page, host, server);
  const [mine, dot, panel] = ["mi-my-status", "mi-status", "mi-conversation"].map((tag) => page.locator(tag));
  const list = page.locator("mi-contact-list");
  const erika = await person(ERIKA, FRANZ);
  await erika.isConnected();
  await erika.choose("Busy");
  await expect(dot).toHaveAttribute("status", "busy");
  await expect(mine).toHaveAttribute("status", "online");
  await panel.evaluate((element) => element.show());
  const field = panel.getByRole("textbox");
  await field.fill("half a sentence");
  await page.evaluate(() => {
    window.heard = [];
    for (const type of ["IMWindowCreated", "IMWindowDestroyed"]) {
      window.mistatus.messenger.addEventListener(type, () => window.heard.push(type));
    }
  });

  for (let time = 0; time < 3; time += 1) {
    await morph(page);
    await expect(dot).toHaveAttribute("status", "busy");
    await expect(mine).toHaveAttribute("status", "online");
    await expect(panel).toHaveAttribute("open", "");
  }
  expect(await states(dot, "busy", "online", "stale")).toEqual(["busy"]);
  expect(await states(mine, "busy", "online", "stale")).toEqual(["online"]);
  expect(await states(panel, "open")).toEqual(["open"]);
  // Nothing was closed meanwhile.
  await expect(field).toBeFocused();
  await expect(field).toHaveValue("half a sentence");
  expect(await page.evaluate(() => window.heard)).toEqual([]);

  await erika.choose("Away");
  await expect(dot).toHaveAttribute("status", "away");
  expect(await states(dot, "busy", "away")).toEqual(["away"]);

  await server.kill();
  await expect(dot).toHaveAttribute("stale", "");
  await morph(page);
  await expect(dot).toHaveAttribute("stale", "");
  expect(await states(dot, "away", "stale")).toEqual(["away", "stale"]);
  await expect(list).not.toHaveAttribute("stale");
});

test("a panel stays open for what opened it: the page's attribute, or a call", async ({ page, host, server }) => {
  await open(page, host, server);
  await page.evaluate(() => window.mistatus.ready);
  const panel = page.locator("mi-conversation");
  const field = panel.getByRole("textbox");
  const call = (act) => panel.evaluate(act);

  await call((element) => element.setAttribute("open", ""));
  await expect(field).toBeVisible();
  expect(await states(panel, "open")).toEqual(["open"]);
  await call((element) => element.show());
  await call((element) => element.removeAttribute("open"));
  await expect(field).toBeHidden();
  expect(await call((element) => element.open)).toBe(false);

  await call((element) => {
    element.open = true;
  });
  await expect(field).toBeVisible();
  await morph(page);
  await expect(panel).toHaveAttribute("open", "");
  await call((element) => element.close());
  await expect(field).toBeHidden();
  await expect(panel).not.toHaveAttribute("open");
  expect(await states(panel, "open")).toEqual([]);
});

test("a panel whose attribute is away can be closed", async ({ page, host, server }) => {
  await open(page, host, server);
  const panel = page.locator("mi-conversation");
  const drawn = () => panel.evaluate((element) => element.shadowRoot.querySelectorAll("[part~=panel]").length);
  await panel.evaluate((element) => element.show());
  await expect.poll(drawn).toBe(1);
  await panel.evaluate((element) => {
    element.removeAttribute("open");
    element.close();
  });
  await expect.poll(drawn).toBe(0);
  await panel.evaluate((element) => element.show());
  await expect(panel.getByRole("textbox")).toBeVisible();
});

test("an element that comes out of a page's cache says nothing of before", async ({ page, host, server }) => {
  await open(page, host, server);
  await page.route("**/mistatus-core-*.js", () => {});
  await page.reload();
  // As Turbo shows its copy of a page: attributes are in it, and nothing is known any more.
  await page.evaluate(() => {
    document.body.insertAdjacentHTML(
      "beforeend",
      '<mi-status id="copy" contact="x@example.com" status="busy"></mi-status>',
    );
  });
  await expect(page.locator("#copy")).toHaveAttribute("status", "unknown");
});

test("a script that takes an attribute away for ever keeps nobody from anything", async ({ page, host, server }) => {
  await open(page, host, server);
  const mine = page.locator("mi-my-status");
  await expect(mine).toHaveAttribute("status", "online");
  await mine.evaluate((element) => {
    const observer = new MutationObserver(() => element.removeAttribute("status"));
    observer.observe(element, { attributes: true });
    element.removeAttribute("status");
    window.stop = () => observer.disconnect();
  });
  // The page is alive, and has its way until it stops.
  expect(await states(mine, "online")).toEqual(["online"]);
  await page.evaluate(() => window.stop());
  await expect(mine).toHaveAttribute("status", "online");
});
