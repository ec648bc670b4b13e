// A page of somebody's with the picker, and with the status of Anna, whom the test is about.

import { test as base } from "./people.js";

export { expect } from "./people.js";

export const ANNA = "anna@example.com";

export const test = base.extend({
  options: [["--auth", "open", "--visibility", "everyone"], { option: true }],

  /** Opens such a page, in a browser profile of its own. */
  person: async ({ browser, host, server }, use) => {
    const contexts = [];
    await use(async (name, picker = "<mi-my-status></mi-my-status>") => {
      const context = await browser.newContext();
      contexts.push(context);
      const page = await context.newPage();
      const head = `<script src="${server.url}/mistatus.js" data-signin-name="${name}"></script>`;
      await page.goto(host.page(`${picker}<mi-status contact="${ANNA}"></mi-status>`, { head }));
      await page.evaluate(async () => {
        await window.mistatus.ready;
      });
      return page;
    });
    await Promise.all(contexts.map((context) => context.close()));
  },
});

/** The button of the picker. */
export const mine = (page) => page.getByRole("button", { name: /^My status:/ });
