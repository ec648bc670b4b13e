// A page with somebody's contact list, used by the keyboard alone. Finds things by role and name only.

import { expect } from "@playwright/test";

/** Returns the key that leads from what has the focus to an element, and none where that is the one. Runs in the page. */
function wayTo(target) {
  if (target.matches(":focus")) {
    return "";
  }
  /** Returns the ancestors of a node, over all shadow roots, from the outermost to itself. */
  const path = (node) => {
    const nodes = [];
    for (let at = node; at; at = at.parentNode ?? at.host) {
      nodes.unshift(at);
    }
    return nodes;
  };
  let active = document.activeElement;
  while (active.shadowRoot?.activeElement) {
    active = active.shadowRoot.activeElement;
  }
  const [from, to] = [path(active), path(target)];
  const parting = from.findIndex((node, at) => node !== to[at]);
  const isPassed = to[parting]?.compareDocumentPosition(from[parting]) === Node.DOCUMENT_POSITION_FOLLOWING;
  return isPassed ? "Shift+Tab" : "Tab";
}

export class PeoplePage {
  /** @param {string} name who has the list */
  constructor(page, name) {
    this.page = page;
    this.name = name;
    this.status = page.getByRole("button", { name: /^My status:/ });
    this.tree = page.getByRole("tree", { name: "Contacts" });
    this.requests = page.getByRole("list", { name: "Requests" });
    this.field = page.getByRole("combobox", { name: "Sign-in name" });
    this.offers = page.getByRole("listbox", { name: "People found" }).getByRole("option");
    this.filter = page.getByRole("searchbox", { name: "Search contacts" });
  }

  /** The line of somebody, or of a group, by the beginning of its name. */
  line(name) {
    return this.tree.getByRole("treeitem", { name: new RegExp(`^${name}`) });
  }

  conversation(name) {
    return this.page.getByRole("dialog", { name: `Conversation with ${name}` });
  }

  async isConnected() {
    await expect(this.status).toHaveAccessibleName("My status: Online");
  }

  async sees(name, status) {
    await expect(this.line(name)).toHaveAccessibleName(new RegExp(`^${name}, ${status}`));
  }

  /** Goes on by Tab until something has the focus, and back where it was passed: beyond a page's last lies its browser. */
  async tabTo(target) {
    // One page alone has the focus.
    await this.page.bringToFront();
    for (let step = 0; step < 40; step += 1) {
      const way = await target.evaluate(wayTo);
      if (way === "") {
        return;
      }
      await this.page.keyboard.press(way);
    }
    await expect(target).toBeFocused();
  }

  async press(...keys) {
    for (const key of keys) {
      await this.page.keyboard.press(key);
    }
  }

  /** Makes a line of the list the active one. */
  async goTo(name) {
    await this.tabTo(this.tree);
    await this.press("Home");
    for (let step = 0; step < 40; step += 1) {
      if ((await this.line(name).getAttribute("aria-selected")) === "true") {
        return;
      }
      await this.press("ArrowDown");
    }
    await expect(this.line(name)).toHaveAttribute("aria-selected", "true");
  }

  /** Does something from the menu of a line. */
  async choose(name, item) {
    await this.goTo(name);
    await this.press("Shift+F10");
    const wanted = this.page.getByRole("menu").getByText(item, { exact: true });
    await expect(wanted).toBeVisible();
    for (let step = 0; step < 40 && !(await wanted.evaluate((element) => element.matches(":focus"))); step += 1) {
      await this.press("ArrowDown");
    }
    await this.press("Enter");
  }

  /** Opens the form that adds somebody, and types in its field. */
  async type(text) {
    await this.tabTo(this.page.getByRole("button", { name: "Add contact" }));
    await this.press("Enter");
    await expect(this.field).toBeFocused();
    await this.page.keyboard.type(text);
  }

  async add(name) {
    await this.type(name);
    await this.press("Enter");
  }

  async say(name, text) {
    await this.tabTo(this.conversation(name).getByRole("textbox", { name: "Message" }));
    await this.page.keyboard.type(text);
    await this.press("Enter");
  }

  async hears(name, text) {
    await expect(this.conversation(name).getByRole("log").getByText(text, { exact: true })).toBeVisible();
  }
}
