// One tab of somebody's browser with the widget in it: what it shows, what it told the page, which sockets it opened.

import { expect } from "@playwright/test";

import { Sockets } from "./sockets.js";

/** Keeps what the page is told and whatever is ever shown as stale. Runs in the page before everything else. */
function listen() {
  window.told = [];
  const tell = (event) => window.told.push([event.type, event.detail.contact ?? "", event.detail.status]);
  for (const type of ["mi-my-status-change", "mi-status-change"]) {
    addEventListener(type, tell);
  }
  new MutationObserver((changes) => {
    for (const { target } of changes.filter(({ target }) => target.hasAttribute("stale"))) {
      window.told.push(["stale", target.getAttribute("contact"), target.getAttribute("status")]);
    }
  }).observe(document, { subtree: true, attributeFilter: ["stale"] });
}

export class Tab {
  constructor(page) {
    this.page = page;
    this.button = page.getByRole("button", { name: /^My status:/ });
    this.other = page.getByRole("img").last();
  }

  /** Makes another tab of a browser context, for an address to be opened in. */
  static async make(context) {
    const tab = new Tab(await context.newPage());
    tab.sockets = await Sockets.note(tab.page);
    return tab;
  }

  /** Opens an address in another tab of a browser context; `prepare` is given the tab before that. */
  static async open(context, address, prepare = async () => {}) {
    const tab = await Tab.make(context);
    await tab.page.addInitScript(listen);
    await prepare(tab);
    await tab.page.goto(address);
    return tab;
  }

  async choose(name) {
    await this.button.click();
    await this.page.getByRole("menuitemradio", { name, exact: true }).click();
  }

  async shows(name, options) {
    // A note follows, where there is one.
    await expect(this.button).toHaveAccessibleName(new RegExp(`^My status: ${name}(, .*)?$`), options);
  }

  async sees(name, options) {
    await expect(this.other).toHaveAccessibleName(name, options);
  }

  /** Returns what the page was told since it was opened, or since {@link Tab.forget}. */
  told() {
    return this.page.evaluate(() => window.told);
  }

  async forget() {
    await this.page.evaluate(() => {
      window.told = [];
    });
  }

  /** Waits until the server has answered this tab a question, once signed in, and so everything that it asked before. */
  async asked() {
    await this.page.evaluate(async () => {
      await window.mistatus.ready;
      await window.mistatus.messenger.queryMyStatus();
    });
  }

  /** Returns whether the tab has a connection over which it is answered. */
  isAnswered() {
    return this.page.evaluate(() =>
      window.mistatus.messenger.queryMyStatus().then(
        () => true,
        () => false,
      ),
    );
  }

  /** Speaks to the tab as the browser's own developer tools do. */
  async tell(method, parameters) {
    this.devtools ??= await this.page.context().newCDPSession(this.page);
    return this.devtools.send(method, parameters);
  }
}
