// Avatars: initials or a picture, with the dot on the corner.

import { gate } from "./support/gate.js";
import { CHROMIUM, expect, test } from "./support/test.js";

const FRANZ = "franz@example.com";

const NAMED = `data-signin-name="${FRANZ}" data-friendly-name="O'Neil, Franz"`;

const strict = (images) =>
  `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self' ws:; img-src ${images}; require-trusted-types-for 'script'`;

const SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"><rect width="30" height="20"/></svg>';

// Opens a page of Franz's own with elements on it, under a strict policy.
async function open({ page, host, server }, body, { images = "'self'", css } = {}) {
  const style = css ? `<link rel="stylesheet" href="${host.file("avatar.css", css)}">` : "";
  const tag = `<script src="${host.url}/widget/mistatus.js" data-server="${server.stream}" ${NAMED}></script>`;
  await page.goto(host.page(body, { head: style + tag, policy: strict(images) }));
}

test("an avatar has initials, one accessible name, and the status as it changes", async ({ page, host, server }) => {
  await open({ page, host, server }, `<mi-avatar contact="${FRANZ}">Franz</mi-avatar>`);
  const avatar = page.locator("mi-avatar");
  await expect(page.getByRole("img", { name: "O'Neil, Franz, Online", exact: true })).toBeVisible();
  await expect(page.getByRole("img")).toHaveCount(1);
  await expect(avatar.locator("[part=initials]")).toHaveText("FO");
  await expect(avatar).toHaveAttribute("status", "online");
  const heard = await avatar.evaluateHandle((element) => {
    const heard = [];
    element.addEventListener("mi-status-change", ({ detail }) => heard.push(detail));
    return heard;
  });
  await page.evaluate(() => window.mistatus.messenger.setMyStatus(10));
  await expect(page.getByRole("img", { name: "O'Neil, Franz, Busy", exact: true })).toBeVisible();
  await expect(avatar).toHaveAttribute("status", "busy");
  await expect.poll(() => heard.jsonValue()).toEqual([{ contact: FRANZ, status: 10, previousStatus: 2 }]);
});

test("a name that stands beside the avatar is not said twice", async ({ page, host, server }) => {
  await open({ page, host, server }, `<mi-avatar contact="${FRANZ}" label="full"></mi-avatar>`);
  await expect(page.getByRole("img", { name: "Online", exact: true })).toBeVisible();
  await expect(page.getByText("O'Neil, Franz", { exact: true })).toBeVisible();
});

test("a picture lies on the initials as soon as it is there, and another takes its place", async ({
  page,
  host,
  server,
}) => {
  const picture = host.file("franz.svg", SQUARE);
  const show = await gate(page, "**/franz.svg");
  await open({ page, host, server }, `<mi-avatar contact="${FRANZ}" src="/franz.svg"></mi-avatar>`);
  const avatar = page.locator("mi-avatar");
  const drawn = avatar.locator("[part=picture]");
  await expect(avatar.locator("[part=initials]")).toHaveText("FO");
  await expect(drawn).toBeHidden();
  show();
  await expect(drawn).toBeVisible();
  expect(await drawn.boundingBox()).toEqual(await avatar.locator("[part=disc]").boundingBox());
  await avatar.evaluate((element) => element.removeAttribute("src"));
  await expect(drawn).toHaveCount(0);
  await avatar.evaluate((element, src) => Object.assign(element, { src }), picture);
  await expect(drawn).toBeVisible();
  await avatar.evaluate((element) => Object.assign(element, { src: "/nobody.svg" }));
  await expect(drawn).toBeHidden();
});

for (const [what, src, images] of [
  ["cannot be loaded", "/nobody.svg", "'self'"],
  ["the page's policy refuses", "/refused.svg", "'none'"],
]) {
  test(`a picture that ${what} leaves the initials`, async ({ page, host, server }) => {
    host.file("refused.svg", SQUARE);
    await open({ page, host, server }, `<mi-avatar contact="${FRANZ}"></mi-avatar>`, { images });
    const avatar = page.locator("mi-avatar");
    await expect(avatar).toHaveAttribute("status", "online");
    await avatar.evaluate(
      (element, src) =>
        new Promise((resolve) => {
          element.shadowRoot.addEventListener("error", resolve, true);
          element.setAttribute("src", src);
        }),
      src,
    );
    await expect(avatar.locator("[part=initials]")).toHaveText("FO");
    await expect(avatar.locator("[part=picture]")).toBeHidden();
    await expect(page.getByRole("img", { name: "O'Neil, Franz, Online", exact: true })).toBeVisible();
  });
}

test("an image in the slot fills the disc, whatever rules the page has for its images", async ({
  page,
  host,
  server,
}) => {
  host.file("slotted.svg", SQUARE);
  await open(
    { page, host, server },
    `<mi-avatar contact="${FRANZ}"><img slot="picture" src="/slotted.svg" alt="Franz"></mi-avatar>`,
    { css: "img { position: static; display: block; width: 300px; max-width: 100%; height: auto }" },
  );
  const disc = page.locator("mi-avatar [part=disc]");
  await expect(disc).toBeVisible();
  await expect.poll(() => page.locator("img").boundingBox()).toEqual(await disc.boundingBox());
  await expect(page.getByRole("img", { name: "O'Neil, Franz, Online", exact: true })).toBeVisible();
});

for (const direction of ["ltr", "rtl"]) {
  test(`an avatar has its place and its dot before the WebAssembly is there, ${direction}`, async ({
    page,
    host,
    server,
  }) => {
    const arrive = await gate(page, /\.wasm$/);
    const avatar = (size, css = "") =>
      `<p><mi-avatar class="${css}" contact="${FRANZ}" size="${size}"></mi-avatar> text</p>`;
    await open(
      { page, host, server },
      `<div dir="${direction}">${avatar("small")}${avatar("medium")}${avatar("large")}${avatar("medium", "wide")}</div>`,
      { css: ".wide { --mi-avatar-size: 5rem }" },
    );
    const avatars = page.locator("mi-avatar");
    const boxes = () =>
      avatars.evaluateAll((all) =>
        all.map((one) =>
          [one, one.shadowRoot.querySelector("[part=dot]")].map((part) => {
            const { x, y, width, height } = part?.getBoundingClientRect() ?? {};
            return [x, y, width, height].map(Math.round);
          }),
        ),
      );
    await expect(avatars.locator("[part=dot]")).toHaveCount(4);
    await expect(avatars.locator("[part=disc]")).toHaveCount(0);
    const before = await boxes();
    expect(before.map(([[, , width, height]]) => [width, height])).toEqual(
      [28, 40, 56, 80].map((side) => [side, side]),
    );
    for (const [[x, y, width, height], [dotX, dotY, dotWidth, dotHeight]] of before) {
      // Rounded, each by itself.
      expect(Math.abs(dotY + dotHeight - (y + height))).toBeLessThanOrEqual(1);
      expect(Math.abs(direction === "rtl" ? dotX - x : dotX + dotWidth - (x + width))).toBeLessThanOrEqual(1);
    }
    arrive();
    await expect(avatars.locator("[part=disc]")).toHaveCount(4);
    await expect(page.locator('mi-avatar[status="online"]')).toHaveCount(4);
    expect(await boxes()).toEqual(before);
  });
}

test(
  "in forced colours the disc has a line, and the initials can be read",
  CHROMIUM,
  async ({ page, host, server }) => {
    await page.emulateMedia({ forcedColors: "active" });
    await open({ page, host, server }, `<mi-avatar contact="${FRANZ}"></mi-avatar>`);
    const disc = page.locator("mi-avatar [part=disc]");
    await expect(disc).toBeVisible();
    const style = await disc.evaluate((element) => {
      const { borderTopWidth, color, backgroundColor } = getComputedStyle(element);
      return { borderTopWidth, isReadable: color !== backgroundColor };
    });
    expect(style).toEqual({ borderTopWidth: "1px", isReadable: true });
  },
);
