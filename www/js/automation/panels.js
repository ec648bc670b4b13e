// The panels behind windows: which elements of the page they are, when they come and go. Draws nothing itself: the
// elements do.

import { focused, giveFocus } from "../elements/focus.js";
import { nameIn } from "../elements/names.js";
import { Scope } from "../elements/registry.js";
import { MessengerConversationWnd, MessengerWindow } from "./windows.js";

/**
 * @import { MiContactListElement, MiConversationElement } from "../elements/elements.js"
 * @import { Desk } from "./desk.js"
 * @import { Edge } from "./windows.js"
 */

/** @typedef {{ panel: ConversationPanel, object: MessengerConversationWnd }} ConversationEntry */

/** The panels that were made for one messenger; fires the events that report when one of them comes or goes. */
export class Panels {
  #desk;
  /** @type {HTMLElement | undefined} */
  #host;
  /** @type {Map<string, ConversationEntry>} */
  #open = new Map();
  /** @type {{ panel: MainPanel, object: MessengerWindow } | undefined} */
  #main;
  /**
   * The contact lists that this messenger has drawn, wherever the page has put them.
   * @type {Set<HTMLElement>}
   */
  #lists = new Set();
  /** @type {MutationObserver | undefined} */
  #observer;
  #handles = 0;

  /** @param {Desk} desk */
  constructor(desk) {
    this.#desk = desk;
  }

  /** The main window, as panel and object: the page's contact list, or one made when it is wanted. */
  get main() {
    if (!this.#main) {
      const panel = new MainPanel(() => this.host, this.#lists);
      this.#main = { panel, object: new MessengerWindow(this.#desk, panel) };
    }
    return this.#main;
  }

  /**
   * Returns the window of the conversation with somebody, as panel and object; opens it where there is none.
   * @param {string} key
   */
  conversation(key) {
    let entry = this.#open.get(key);
    if (!entry) {
      const element = document.createElement("mi-conversation");
      element.setAttribute("contact", this.#desk.client.contactSigninName(key));
      element.setAttribute("open", "");
      this.host.append(element);
      entry = this.#enter(key, element);
    }
    return entry;
  }

  /**
   * Whether there is an open conversation with somebody.
   * @param {string} key
   */
  shows(key) {
    return this.#open.has(key);
  }

  /**
   * Takes a panel that the page made as a window, once it is open.
   * @param {MiConversationElement} element
   */
  adopt(element) {
    const key = this.#desk.client.signinKey(nameIn(element.contact));
    if (!this.#open.has(key)) {
      this.#enter(key, element);
    }
  }

  /**
   * Takes a contact list of the page as a place where the main window may be.
   * @param {Element} list
   */
  know(list) {
    this.#lists.add(/** @type {HTMLElement} */ (list));
  }

  /** Closes all conversations, and tells of each at once: the sign-out that ends them is being told. */
  closeAll() {
    for (const entry of [...this.#open.values()]) {
      this.#leave(entry);
      this.#desk.announce("IMWindowDestroyed", [entry.object]);
    }
  }

  /** Takes everything that was made from the page. */
  end() {
    this.closeAll();
    this.#observer?.disconnect();
    this.#host?.replaceChildren();
    this.#host?.remove();
  }

  /** Where panels live that were made for this messenger; the elements inside find it there. */
  get host() {
    if (!this.#host) {
      this.#host = document.createElement("div");
      this.#host.mistatusScope = new Scope();
      this.#host.mistatusScope.provide(this.#desk.messenger);
    }
    if (!this.#host.isConnected) {
      (document.body ?? document.documentElement).append(this.#host);
    }
    return this.#host;
  }

  /**
   * @param {string} key
   * @param {HTMLElement} element
   */
  #enter(key, element) {
    this.#handles += 1;
    const panel = new ConversationPanel(key, element, this.#handles, () => this.#look());
    const object = new MessengerConversationWnd(this.#desk, panel);
    const entry = { panel, object };
    this.#open.set(key, entry);
    // The user closes a panel by its own button, the page by taking it away.
    this.#observer ??= new MutationObserver(() => this.#look());
    this.#observer.observe(element, { attributeFilter: ["open"] });
    this.#observer.observe(/** @type {Node} */ (element.parentNode), { childList: true });
    this.#desk.later(() => {
      this.#desk.announce("IMWindowCreated", [object]);
      this.#desk.announce("IMWindowContactAdded", [this.#desk.contacts.of(key), object]);
    });
    return entry;
  }

  #look() {
    for (const entry of [...this.#open.values()]) {
      const { element, key } = entry.panel;
      if (!element.isConnected || !(/** @type {Partial<MiConversationElement>} */ (element).open)) {
        this.#leave(entry);
        this.#desk.later(() => {
          this.#desk.announce("IMWindowContactRemoved", [this.#desk.contacts.of(key), entry.object]);
          this.#desk.announce("IMWindowDestroyed", [entry.object]);
        });
      }
    }
  }

  // Only what was made for a window is taken away; a panel of the page's own is closed and stays.
  /** @param {ConversationEntry} entry */
  #leave({ panel }) {
    this.#open.delete(panel.key);
    panel.dead = true;
    const { element } = panel;
    const hadFocus = element.matches(":focus-within");
    /** @type {Partial<MiConversationElement>} */ (element).open = false;
    // Its own way back may lead nowhere: with a sign-out much goes that was there.
    if (hadFocus && (!focused() || focused() === document.body || element.matches(":focus-within"))) {
      const { main } = this;
      giveFocus(main.panel.closed ? undefined : main.panel.list);
    }
    if (element.parentNode === this.#host) {
      element.remove();
    }
  }
}

/** What every panel can do: be seen, and lie somewhere. */
class Panel {
  /**
   * Returns an edge or a length, in CSS pixels.
   * @this {ConversationPanel | MainPanel}
   * @param {Edge} edge
   */
  measure(edge) {
    return Math.round(this.element.getBoundingClientRect()[edge]);
  }

  /**
   * Puts an edge somewhere, or gives a length, as far as the viewport lets it, beside its scroll bar.
   * @this {ConversationPanel | MainPanel}
   * @param {Edge} edge
   * @param {number} pixels
   */
  place(edge, pixels) {
    const { element } = this;
    const room = edge === "width" || edge === "left" ? document.documentElement.clientWidth : innerHeight;
    const length = /** @type {Partial<Record<Edge, Edge>>} */ ({ left: "width", top: "height" })[edge];
    const most = length ? room - this.measure(length) : room;
    if (length) {
      element.style.setProperty(edge === "left" ? "right" : "bottom", "auto");
    }
    element.style.setProperty(edge, `${Math.max(length ? 0 : 1, Math.min(pixels, most))}px`);
  }
}

export class ConversationPanel extends Panel {
  dead = false;

  /** Sidebar and toolbar, by MWINDOWPROPERTY. */
  bars = [false, false];

  #closed;

  /**
   * @param {string} key
   * @param {HTMLElement} element
   * @param {number} handle
   * @param {() => void} closed
   */
  constructor(key, element, handle, closed) {
    super();
    this.key = key;
    this.element = element;
    this.handle = handle;
    this.#closed = closed;
  }

  get closed() {
    return this.dead;
  }

  show() {
    /** @type {Partial<MiConversationElement>} */ (this.element).show?.();
  }

  close() {
    /** @type {Partial<MiConversationElement>} */ (this.element).open = false;
    this.#closed();
  }
}

class MainPanel extends Panel {
  dead = false;

  #host;
  #lists;
  /** @type {HTMLElement | undefined} */
  #made;

  /**
   * @param {() => HTMLElement} host
   * @param {Set<HTMLElement>} lists those of the messenger
   */
  constructor(host, lists) {
    super();
    this.#host = host;
    this.#lists = lists;
  }

  /** The page's own contact list; else what was made, or would have to be. */
  get element() {
    for (const list of this.#lists) {
      if (!list.isConnected) {
        this.#lists.delete(list);
      } else if (!this.#made?.contains(list)) {
        return list;
      }
    }
    return (this.#made ??= this.#make());
  }

  /** The contact list in it. */
  get list() {
    const { element } = this;
    return element.localName === "mi-contact-list" ? element : element.querySelector("mi-contact-list");
  }

  get closed() {
    return !this.element.isConnected || this.element.hidden;
  }

  /** Lets it be there, without the focus. */
  reveal() {
    const { element } = this;
    if (element === this.#made && !element.isConnected) {
      this.#host().append(element);
    }
    element.hidden = false;
  }

  show() {
    const element = /** @type {HTMLElement & Partial<MiContactListElement>} */ (this.element);
    this.reveal();
    element.scrollIntoView({ block: "nearest" });
    (element.focusList ?? element.focus).call(element);
  }

  close() {
    this.element.hidden = true;
  }

  #make() {
    const panel = document.createElement("div");
    panel.setAttribute("role", "region");
    panel.setAttribute("aria-label", "mistatus");
    panel.tabIndex = -1;
    // Through the object model, which no content security policy forbids.
    Object.assign(panel.style, {
      position: "fixed",
      right: "16px",
      bottom: "16px",
      width: "320px",
      height: "480px",
      maxWidth: "100%",
      maxHeight: "100%",
      overflow: "auto",
      zIndex: "2147483000",
      background: "Canvas",
      color: "CanvasText",
      border: "1px solid GrayText",
    });
    panel.append(document.createElement("mi-my-status"), document.createElement("mi-contact-list"));
    panel.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
    return panel;
  }
}
