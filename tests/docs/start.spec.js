// What docs/START.md tells people to type: the server's flags and the page of the script tag, as they stand there.

import { readFile } from "node:fs/promises";

import { Server } from "../e2e/support/server.js";
import { expect, Host, test } from "./support.js";

const text = await readFile(new URL("../../docs/START.md", import.meta.url), "utf8");

test("the page by a script tag shows the other one's status", async ({ browser }) => {
  const [, flags] = /^dist\/mistatus-server (.+)$/m.exec(text);
  const [, markup] = /^```html\n(.+?)^```$/ms.exec(text);
  const site = await new Host().start();
  // Where it lies and which ports there are is for each machine to say.
  const options = flags
    .replace(/--(data|allowed-origin) \S+/g, "")
    .split(" ")
    .filter(Boolean);
  const server = await Server.start([site.url], options);
  const swapped = { "alice@example.com": "bob@example.com", "bob@example.com": "alice@example.com" };
  const page = markup.replaceAll("http://127.0.0.1:8787", server.url);
  site.own.set("/", page);
  site.own.set(
    "/bob.html",
    page.replace(/\w+@example\.com/g, (name) => swapped[name]),
  );

  const [alice, bob] = await Promise.all(
    ["/", "/bob.html"].map(async (path) => {
      const visitor = await (await browser.newContext()).newPage();
      await visitor.goto(site.url + path);
      return visitor;
    }),
  );
  await expect(alice.locator("mi-status")).toHaveAttribute("status", "online");
  await bob.getByRole("button", { name: "My status: Online" }).click();
  await bob
    .getByRole("radio", { name: "Busy" })
    .or(bob.getByRole("menuitemradio", { name: "Busy" }))
    .first()
    .click();
  await expect(alice.locator("mi-status")).toHaveAttribute("status", "busy");
  await Promise.all([alice, bob].map((visitor) => visitor.context().close()));
  await server.stop();
  await site.stop();
});
