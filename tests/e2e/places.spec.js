// Elements where pages put them: without a box of their own, in roots that nobody else may look into, and in other documents.

import { expect, test } from "./support/test.js";

const FRANZ = "franz@example.com";
const ERIKA = "erika@example.com";

const head = (server) => `<script src="${server.url}/mistatus.js" data-signin-name="${FRANZ}"></script>`;

/** Returns how wide the dots of elements are drawn, in pixels: none where a style is missing. */
const width = (element) =>
  element.evaluate((element) => element.shadowRoot.querySelector(".mi-dot").getBoundingClientRect().width);

test("an element without a box of its own is followed, and only while it is near the screen", async ({
  page,
  host,
  server,
  person,
}) => {
  const body = `<style>.none { display: contents } .far { margin-block-start: 900vh }</style>
    <p><mi-status class="none" contact="${ERIKA}">…</mi-status></p>
    <p class="far"><mi-status class="none" id="far" contact="nobody@example.com">…</mi-status></p>
    <p><mi-status id="away" contact="somebody@example.com" style="display: none">…</mi-status></p>`;
  const asked = [];
  page.on("websocket", (socket) =>
    socket.on("framesent", ({ payload }) => {
      const { type, names = [] } = JSON.parse(payload);
      asked.push(...(type === "watch" ? names : []));
    }),
  );
  await page.goto(host.page(body, { head: head(server) }));
  const erika = await person(ERIKA, FRANZ);
  await erika.isConnected();
  await erika.choose("Busy");
  await expect(page.locator("mi-status").first()).toHaveAttribute("status", "busy");
  expect(new Set(asked)).toEqual(new Set([ERIKA]));

  await page.locator("#far").evaluate((element) => element.parentNode.scrollIntoView());
  await expect.poll(() => asked.includes("nobody@example.com")).toBe(true);
  // One that gets a box, or loses it, stays followed.
  await page.evaluate((contact) => {
    const element = document.querySelector("#away");
    element.style.display = "";
    element.contact = contact;
    element.scrollIntoView();
  }, ERIKA);
  await expect(page.locator("#away")).toHaveAttribute("status", "busy");
  expect(asked).not.toContain("somebody@example.com");
});

test("an element in a closed shadow root is followed and drawn", async ({ page, host, server, person }) => {
  await page.goto(host.page('<div id="app"></div>', { head: head(server) }));
  await page.evaluate((contact) => {
    const root = document.querySelector("#app").attachShadow({ mode: "closed" });
    root.innerHTML = `<mi-status contact="${contact}" label="status">…</mi-status>`;
    window.element = root.firstElementChild;
  }, ERIKA);
  const erika = await person(ERIKA, FRANZ);
  await erika.isConnected();
  await erika.choose("Busy");
  await expect.poll(() => page.evaluate(() => window.element.getAttribute("status"))).toBe("busy");
  expect(await page.evaluate(() => window.element.shadowRoot.textContent)).toContain("Busy");
});

test("an element whose own root was closed by the server's page is drawn, and does not break it", async ({
  page,
  host,
  server,
  said,
}) => {
  const body = `<mi-status contact="${FRANZ}"><template shadowrootmode="closed">…</template></mi-status>
    <mi-my-status><template shadowrootmode="open"><b>old</b></template></mi-my-status>`;
  await page.goto(host.page(body, { head: head(server) }));
  await expect(page.locator("mi-status")).toHaveAttribute("status", "online");
  await expect(page.getByRole("img", { name: "Online" })).toBeVisible();
  await expect(page.getByRole("button", { name: "My status: Online" })).toBeVisible();
  expect(said.filter(({ type }) => type === "pageerror")).toEqual([]);
});

test("elements that are in another document for a moment keep their styles", async ({ page, host, server }) => {
  const body = `<div id="box"><mi-my-status>…</mi-my-status><mi-status contact="${FRANZ}">…</mi-status></div>`;
  await page.goto(host.page(body, { head: head(server) }));
  await expect(page.locator("mi-status")).toHaveAttribute("status", "online");
  const measured = () =>
    page.evaluate(() =>
      ["mi-status", "mi-my-status"].map((tag) => {
        const { shadowRoot } = document.querySelector(tag);
        const { width, height } = shadowRoot.querySelector(".mi-dot").getBoundingClientRect();
        return [width, height, shadowRoot.adoptedStyleSheets.length];
      }),
    );
  const styled = await measured();
  // As libraries do that keep an element over an answer of the server.
  await page.evaluate(() => {
    const box = document.querySelector("#box");
    document.implementation.createHTMLDocument().body.append(box);
    document.body.append(box);
  });
  await expect.poll(measured).toEqual(styled);
});

for (const [what, open] of [
  [
    "a frame",
    async (page) => {
      await page.evaluate(async () => {
        const frame = document.createElement("iframe");
        document.body.append(frame);
        window.other = frame.contentWindow;
      });
      return page.frameLocator("iframe");
    },
  ],
  [
    "a picture-in-picture window",
    async (page) => {
      // Only after a gesture.
      await page.evaluate(() => {
        document.body.addEventListener(
          "click",
          async () => {
            window.other = await documentPictureInPicture.requestWindow({ width: 400, height: 400 });
          },
          { once: true },
        );
      });
      await page.locator("h1").click();
      await page.waitForFunction(() => window.other);
    },
  ],
]) {
  test(`elements that are moved to ${what} and back are followed and drawn`, async ({ page, host, server, person }) => {
    const body = `<h1>A page</h1><div id="box"><mi-my-status>…</mi-my-status>
      <mi-status contact="${ERIKA}">…</mi-status><mi-contact-list>…</mi-contact-list></div>`;
    await page.goto(host.page(body, { head: head(server) }));
    const erika = await person(ERIKA, FRANZ);
    await erika.isConnected();
    await erika.choose("Busy");
    await expect(page.locator("mi-status")).toHaveAttribute("status", "busy");
    const before = await width(page.locator("mi-status"));
    expect(before).toBeGreaterThan(0);
    await open(page);
    // Whatever document they are in.
    const box = await page.evaluateHandle(() => document.querySelector("#box"));
    const measured = () =>
      box.evaluate((box) =>
        ["mi-status", "mi-my-status"].map(
          (tag) => box.querySelector(tag).shadowRoot.querySelector(".mi-dot")?.getBoundingClientRect().width,
        ),
      );
    const styled = await measured();
    const status = () => box.evaluate((box) => box.querySelector("mi-status").getAttribute("status"));
    for (const [name, there] of [
      ["away", () => box.evaluate((box) => window.other.document.body.append(box))],
      ["busy", () => box.evaluate((box) => document.body.append(box))],
    ]) {
      await there();
      await erika.choose(name === "away" ? "Away" : "Busy");
      await expect.poll(status).toBe(name);
      await expect.poll(measured).toEqual(styled);
      // One that was never near the screen of the page, too; the second time, what came back.
      const late = await box.evaluateHandle((box, contact) => {
        const late = box.ownerDocument === document ? box : document.createElement("mi-status");
        late.setAttribute("contact", contact);
        box.ownerDocument.body.append(late);
        return late.localName === "mi-status" ? late : box.querySelector("mi-status");
      }, ERIKA);
      await expect.poll(() => late.evaluate((late) => late.getAttribute("status"))).toBe(name);
      await expect
        .poll(() =>
          box.evaluate((box) => box.querySelector("mi-contact-list").shadowRoot.querySelectorAll("[part~=bar]").length),
        )
        .toBe(1);
      expect(
        await box.evaluate((box) => box.querySelector("mi-contact-list").shadowRoot.adoptedStyleSheets.length),
      ).toBeGreaterThan(2);
    }
  });
}
