// The person card that ShowOOUI shows: who it is, what they are doing, and what one can do about it.
// One for the whole page. Names are text, never markup; styles come as a constructable sheet.

import { report } from "../automation/events.js";
import { focused } from "../elements/focus.js";
import cardStyle from "./person-card.css";
import { Pointer } from "./pointer.js";
import { wordsFor } from "./words.js";

/**
 * @import { Messenger } from "../automation/messenger.js"
 * @import { Link } from "./link.js"
 */

/** @typedef {HTMLElement & { shadowRoot: ShadowRoot }} Shadowed */

// How long the card waits for the pointer after the page let go of it, in milliseconds.
const LINGER_MS = 250;

// From the edges of the window, in pixels.
const MARGIN = 8;

export class PersonCard {
  #link;
  /** @type {HTMLElement} */
  // @ts-expect-error made by the first `show`; whoever may come earlier asks whether it is there
  #host;
  /** @type {HTMLElement} */
  // @ts-expect-error made together with the host
  #card;
  /** @type {HTMLElement} */
  // @ts-expect-error made whenever the card is filled
  #menu;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {HTMLElement | null} */
  #back = null;
  #entering = false;
  #leaving = false;
  #name = "";
  /**
   * What the pointer came to when the card was shown.
   * @type {Element | null}
   */
  #mark = null;
  #wasOver = false;
  // Whether nobody but the pointer keeps it open.
  #isReleased = false;
  #pointer = new Pointer(() => this.#moved());

  /** @param {Link} link */
  constructor(link) {
    this.#link = link;
  }

  /** Whether it is shown. */
  get isOpen() {
    return this.#host !== undefined && !this.#host.hidden;
  }

  /**
   * Shows somebody. By keyboard, the focus goes into the menu; by mouse it stays where it is, also where a page says "by
   * keyboard" of a pointer that came to a mark: the mark would lose the focus, and the page let go of the card.
   * @param {string} name
   * @param {{ byKeyboard?: boolean, left?: unknown, top?: unknown }} options pixels from the window's upper left corner
   */
  show(name, { byKeyboard = false, left, top } = {}) {
    this.#link.connect();
    // A page shows the card when its mark gets the focus: getting it back is not that.
    if (!document.body || this.#leaving) {
      return;
    }
    clearTimeout(this.#timer);
    this.#make();
    this.#remember();
    const isHover = this.#pointer.isComing;
    this.#mark = isHover ? this.#pointer.mark : null;
    this.#isReleased = false;
    // Moved about on its mark, the pointer comes to it again and again: whoever is in the menu stays there.
    if (!this.isOpen || this.#name !== name) {
      this.#fill(name);
    }
    this.#open();
    this.#place(pixels(left), pixels(top));
    this.#wasOver = this.#isOver;
    if (byKeyboard && !isHover) {
      this.enter();
    }
  }

  /** Goes into the menu by keyboard; without a card shown it does nothing. */
  enter() {
    if (this.isOpen) {
      clearTimeout(this.#timer);
      this.#remember();
      // A page lets go of the card when the focus leaves its mark: this is not that.
      this.#entering = true;
      this.#items()[0]?.focus();
      this.#entering = false;
    }
  }

  // Where the focus goes back to.
  #remember() {
    if (!this.#isFocused()) {
      this.#back = /** @type {HTMLElement | null} */ (focused());
    }
  }

  /** Takes the card away, unless the pointer is over it or its mark, or on its way there. */
  hide() {
    if (!this.isOpen || this.#entering) {
      return;
    }
    const { isLeaving } = this.#pointer;
    if (!isLeaving) {
      // Scrolled away or clicked, a mark keeps no card, though the pointer is over it.
      this.#mark = null;
    }
    this.#isReleased = true;
    if (!this.#isFocused()) {
      this.#closeSoon();
    } else if (!isLeaving && !this.#isOver) {
      // Who is in it by keyboard does not lose it by the pointer.
      this.close();
    }
  }

  #closeSoon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#isOver || this.#isFocused() || this.close(), LINGER_MS);
  }

  // Whether the pointer is over the card or what it belongs to.
  get #isOver() {
    return this.#pointer.isOver(this.#host) || this.#pointer.isOver(this.#mark);
  }

  #moved() {
    if (!this.isOpen) {
      return;
    }
    // Who went into the card by pointer needs no page to leave it.
    this.#isReleased ||= this.#pointer.isOver(this.#host);
    const wasOver = this.#wasOver;
    this.#wasOver = this.#isOver;
    if (wasOver && !this.#wasOver && this.#isReleased && !this.#isFocused()) {
      this.#closeSoon();
    }
  }

  /** Takes the card away now; the focus goes back to where it came from. */
  close() {
    if (!this.isOpen) {
      return;
    }
    clearTimeout(this.#timer);
    const wasFocused = this.#isFocused();
    if (this.#host.matches?.(":popover-open")) {
      this.#host.hidePopover();
    }
    this.#host.hidden = true;
    this.#mark = null;
    document.removeEventListener("keydown", this.#keys, true);
    // Nobody is followed for a card that is not shown.
    this.#card.replaceChildren();
    if (wasFocused && this.#back?.isConnected) {
      this.#leaving = true;
      this.#back.focus({ preventScroll: true });
      this.#leaving = false;
    }
    this.#back = null;
  }

  #make() {
    if (this.#host) {
      return;
    }
    this.#host = document.createElement("div");
    this.#host.hidden = true;
    this.#host.setAttribute("popover", "manual");
    const root = this.#host.attachShadow({ mode: "open" });
    adopt(root);
    this.#card = document.createElement("div");
    this.#card.className = "card";
    this.#card.setAttribute("role", "dialog");
    this.#card.setAttribute("part", "card");
    root.append(this.#card);
    this.#card.addEventListener("focusout", ({ relatedTarget }) => {
      if (relatedTarget && !root.contains(/** @type {Node} */ (relatedTarget))) {
        this.#back = null;
        this.close();
      }
    });
  }

  #open() {
    if (!this.#host.isConnected) {
      document.body.append(this.#host);
    }
    this.#host.hidden = false;
    if (this.#host.showPopover && !this.#host.matches(":popover-open")) {
      this.#host.showPopover();
    }
    document.addEventListener("keydown", this.#keys, true);
  }

  /** @param {string} name */
  #fill(name) {
    this.#name = name;
    const language = document.documentElement.lang || navigator.language;
    const words = wordsFor(language);
    const known = this.#friendlyName(name);
    this.#card.setAttribute("dir", getComputedStyle(document.body).direction);
    this.#card.setAttribute("aria-label", known);
    const who = document.createElement("mi-status");
    who.className = "who";
    who.setAttribute("label", "full");
    who.setAttribute("size", "large");
    who.setAttribute("contact", name);
    who.textContent = known;
    const address = box("bdi", "address", name);
    this.#menu = box("div", "menu", "");
    this.#menu.setAttribute("role", "menu");
    this.#menu.setAttribute("aria-label", known);
    if (typeof this.#link.messenger?.InstantMessage === "function") {
      this.#menu.append(this.#item("button", words.talk, () => this.#talk(name)));
    }
    if (/^[^\s@]+@[^\s@]+$/.test(name)) {
      const mail = this.#item("a", words.mail, () => this.close());
      // Halves of characters have no place in an address.
      mail.href = `mailto:${encodeURIComponent(name.replace(/[\ud800-\udfff]/gu, "")).replace("%40", "@")}`;
      this.#menu.append(mail);
    }
    this.#menu.append(this.#item("button", words.close, () => this.close()));
    this.#card.replaceChildren(who, address, this.#menu);
  }

  /**
   * @template {"a" | "button"} Tag
   * @param {Tag} tag
   * @param {string} words
   * @param {() => void} act
   */
  #item(tag, words, act) {
    const item = box(tag, "item", words);
    item.setAttribute("role", "menuitem");
    item.tabIndex = -1;
    item.addEventListener("click", act);
    return item;
  }

  /** @param {string} name */
  #talk(name) {
    this.close();
    try {
      /** @type {Messenger} */ (this.#link.messenger).InstantMessage(name);
    } catch (error) {
      report(error);
    }
  }

  /** @param {string} name */
  #friendlyName(name) {
    const { messenger, ready } = /** @type {{ messenger: Messenger, ready: boolean }} */ (this.#link);
    try {
      return (ready && messenger.GetContact(name, messenger.MyServiceId)?.FriendlyName) || name;
    } catch {
      return name;
    }
  }

  // All of it stays in the window, whatever the page asked for.
  /**
   * @param {number} left
   * @param {number} top
   */
  #place(left, top) {
    const { style } = this.#host;
    const { width, height } = this.#card.getBoundingClientRect();
    const { clientWidth, clientHeight } = document.documentElement;
    const within = (/** @type {number} */ at, /** @type {number} */ size, /** @type {number} */ space) =>
      Math.max(MARGIN, Math.min(at, space - size - MARGIN));
    style.setProperty("left", `${within(left, width, clientWidth)}px`);
    style.setProperty("top", `${within(top, height, clientHeight || innerHeight)}px`);
  }

  #items() {
    return /** @type {HTMLElement[]} */ ([...(this.#menu?.querySelectorAll(".item") ?? [])]);
  }

  #isFocused() {
    return Boolean(/** @type {Shadowed | undefined} */ (this.#host)?.shadowRoot.activeElement);
  }

  #keys = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.close();
      return;
    }
    if (!this.#isFocused()) {
      return;
    }
    const items = this.#items();
    const at = items.indexOf(
      /** @type {HTMLElement} */ (/** @type {Shadowed} */ (this.#host).shadowRoot.activeElement),
    );
    const next = /** @type {Record<string, number>} */ ({
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: items.length - 1,
    })[event.key];
    if (next !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      items[(next + items.length) % items.length].focus();
    } else if (event.key === "Tab") {
      this.close();
    } else if (event.key === " " && items[at] instanceof HTMLAnchorElement) {
      event.preventDefault();
      items[at].click();
    }
  };
}

/** @type {CSSStyleSheet | undefined} */
let sheet;

/** @param {ShadowRoot} root */
function adopt(root) {
  try {
    sheet ??= new CSSStyleSheet();
    sheet.replaceSync(cardStyle);
    root.adoptedStyleSheets = [sheet];
  } catch {
    // Browsers without constructable sheets.
    root.append(box("style", "", cardStyle));
  }
}

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} className
 * @param {string} text
 */
function box(tag, className, text) {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  if (tag === "button") {
    /** @type {HTMLButtonElement} */ (/** @type {HTMLElement} */ (element)).type = "button";
  }
  return element;
}

/** @param {unknown} value */
const pixels = (value) => {
  const number = typeof value === "number" || typeof value === "string" ? Number(value) : 0;
  return Number.isFinite(number) ? number : 0;
};
