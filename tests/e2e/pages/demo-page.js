// The demo page as its visitors meet it: people, statuses, a list, a log. Finds things by role and name only.

import { expect } from "@playwright/test";

export class DemoPage {
  constructor(page) {
    this.page = page;
    this.log = page.getByRole("log");
    this.contacts = page.getByRole("region", { name: "Contacts" });
  }

  /** @param {{ as?: string, with?: string }} [query] */
  static async open(page, url, query = {}) {
    await page.goto(`${url}/?${new URLSearchParams(query)}`);
    return new DemoPage(page);
  }

  /** Returns the pane of a person, by the first part of their sign-in name. */
  pane(name) {
    const first = name.split("@")[0];
    return new Pane(this.page, first.charAt(0).toUpperCase() + first.slice(1));
  }

  /** Returns the lines of the log in which somebody was told something; the newest is the first. */
  told(who, call) {
    return this.log.getByRole("listitem").filter({ hasText: who }).filter({ hasText: call });
  }
}

export class Pane {
  constructor(page, title) {
    this.page = page;
    this.title = title;
    this.region = page.getByRole("region", { name: title, exact: true });
    this.button = this.region.getByRole("button", { name: /^My status:/ });
    this.menu = this.region.getByRole("menu", { name: "My status" });
    this.other = this.region.getByRole("img");
    this.connection = this.region.getByRole("status").first();
  }

  option(name) {
    return this.menu.getByRole("menuitemradio", { name, exact: true });
  }

  async choose(name) {
    await this.button.click();
    await this.option(name).click();
  }

  async isConnected() {
    await expect(this.connection).toHaveText("Connected");
  }

  async shows(name) {
    await expect(this.button).toHaveAccessibleName(`My status: ${name}`);
  }

  async sees(name) {
    await expect(this.other).toHaveAccessibleName(name);
  }
}
