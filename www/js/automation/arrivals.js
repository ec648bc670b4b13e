// Opens conversations for messages that arrive: in the page that the user looks at, and never many at once.

/**
 * @import { Desk } from "./desk.js"
 * @import { Panels } from "./panels.js"
 */

// How long messages are collected, in milliseconds: after a sign-in all that waited comes at once.
const COLLECT_MS = 250;

// How much longer a page waits that is visible and has not the focus: another one may show the message meanwhile.
const UNFOCUSED_MS = 1_000;

/** Whose messages have arrived and are in no conversation yet. */
export class Arrivals {
  #desk;
  #panels;
  /** @type {Set<string>} */
  #waiting = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #look = () => this.#soon();

  /**
   * @param {Desk} desk
   * @param {Panels} panels
   */
  constructor(desk, panels) {
    this.#desk = desk;
    this.#panels = panels;
    document.addEventListener("visibilitychange", this.#look);
  }

  /**
   * Takes that somebody on the list has written.
   * @param {string} key
   */
  add(key) {
    this.#waiting.add(key);
    this.#soon();
  }

  end() {
    clearTimeout(this.#timer);
    this.#waiting.clear();
    document.removeEventListener("visibilitychange", this.#look);
  }

  #soon() {
    if (document.hidden || this.#waiting.size === 0) {
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#open(), COLLECT_MS + (document.hasFocus() ? 0 : UNFOCUSED_MS));
  }

  // One conversation for one person; what several wrote stands in the list.
  #open() {
    if (document.hidden) {
      return;
    }
    const unread = [...this.#waiting].filter((key) => this.#desk.client.unread(key) > 0);
    const [first, ...others] = unread.filter((key) => !this.#panels.shows(key));
    this.#waiting.clear();
    if (others.length > 0) {
      this.#panels.main.panel.reveal();
    } else if (first !== undefined) {
      this.#panels.conversation(first);
    }
  }
}
