// What an element shows before the WebAssembly is there and what its component draws are the same markup.

import { expect, test } from "./support/test.js";

// Elements, attributes and texts, without what only one of the two can have: the component knows since when a status
// holds, and says so in a tooltip; the other has a class by which it covers the component.
const SHAPE = (element) => {
  const shape = (node) => ({
    tag: node.localName,
    attributes: Object.fromEntries(
      [...node.attributes]
        .map(({ name, value }) => [name, value.replace(" mi-last-known", "")])
        .filter(([name]) => name !== "title")
        .sort(),
    ),
    text: node.children.length ? undefined : node.textContent,
    children: [...node.children].map(shape),
  });
  return shape(element.shadowRoot.querySelector(".mi-status"));
};

for (const label of ["none", "status", "name", "full", "nonsense"]) {
  test(`a last known status with the label ${label} is drawn as the component draws it`, async ({
    page,
    host,
    server,
    context,
  }) => {
    const size = { none: "small", full: "large" }[label] ?? "medium";
    const address = host.page(`<mi-status contact="bob@demo.example" label="${label}" size="${size}">Bob</mi-status>`, {
      // Not from the server, which ends.
      head: `<script src="${host.url}/widget/mistatus.js" data-server="${server.stream}" data-signin-name="carla@example.com"></script>`,
    });
    const element = page.locator("mi-status");
    await page.goto(address);
    await expect(element).toHaveAttribute("status", /^(?!unknown)/);
    await server.kill();
    await expect(element).toHaveAttribute("stale", "");
    // Drawn with the next frame.
    await expect(element.locator(".mi-status")).toHaveAttribute("data-stale", "");
    const drawn = await element.evaluate(SHAPE);

    await context.route(/\.wasm$/, (route) => route.abort());
    await page.reload();
    await expect(element.locator(".mi-last-known")).toHaveCount(1);
    expect(await element.evaluate(SHAPE)).toEqual(drawn);
  });
}
