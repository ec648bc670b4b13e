// Name.NameCtrl: statuses of people by name, for pages that put a mark beside each. Its numbers are in statuses.js.
// Knows nothing of who asks: names and ids come back as they were given.

import { callHandler } from "../automation/events.js";
import { withoutScheme } from "./arguments.js";
import { noMember } from "./errors.js";
import { Turns } from "./followers.js";
import { memberOf, proxy, put } from "./late-bound.js";

/**
 * @import { Followed, Followers } from "./followers.js"
 * @import { Face } from "./late-bound.js"
 * @import { PersonCard } from "./person-card.js"
 */

/**
 * Somebody's status as a control was asked for it.
 *
 * @typedef {object} Question
 * @property {NameControl} control
 * @property {Followed} person
 * @property {unknown} name as the page wrote it
 * @property {unknown} id
 * @property {number | undefined} told what the handler was told last
 * @property {boolean} queued
 */

/** The factory of a page's controls, which share the people they follow and the one person card. */
export class NameControls {
  #followers;
  #card;
  #telling = new Turns((/** @type {Question} */ telling) => telling.control.tell(telling));

  /**
   * @param {Followers} followers
   * @param {PersonCard} card
   */
  constructor(followers, card) {
    this.#followers = followers;
    this.#card = card;
  }

  /** Makes one. As long as it follows somebody it lives, whether or not the page holds it. */
  create() {
    const control = new NameControl(this.#followers, this.#card, this.#telling);
    const members = new Map();
    const face = proxy(
      (name) => {
        const member = memberOf(control, name);
        const value = member && /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (control))[member];
        if (typeof value !== "function" || member === "OnStatusChange") {
          return value;
        }
        if (!members.has(member)) {
          members.set(member, value.bind(control));
        }
        return members.get(member);
      },
      (name, value) => {
        if (memberOf(control, name) !== "OnStatusChange") {
          throw noMember(name);
        }
        put(control, name, value);
      },
    );
    control.face = face;
    return face;
  }
}

export class NameControl {
  #followers;
  #card;
  #telling;
  /** @type {Function | string | null} */
  #handler = null;
  // Everything that was asked: by name as it was spelled, then by id.
  /** @type {Map<string, Map<unknown, Question>>} */
  #asked = new Map();

  /**
   * @param {Followers} followers
   * @param {PersonCard} card
   * @param {Turns<Question>} telling
   */
  constructor(followers, card, telling) {
    this.#followers = followers;
    this.#card = card;
    this.#telling = telling;
  }

  /** The handler that is called with name, status and id: a function, or the name of a global one. */
  get OnStatusChange() {
    return this.#handler;
  }

  set OnStatusChange(handler) {
    this.#handler = typeof handler === "function" || typeof handler === "string" ? handler : null;
    for (const ids of this.#asked.values()) {
      for (const question of ids.values()) {
        this.#consider(question);
      }
    }
  }

  /** Whether statuses can be had. */
  get PresenceEnabled() {
    return true;
  }

  /**
   * Returns the status known now, and tells each other one from then on.
   * @param {unknown} name
   * @param {unknown} id
   */
  GetStatus(name, id) {
    const spelled = text(name);
    let ids = this.#asked.get(spelled);
    if (!ids) {
      ids = new Map();
      this.#asked.set(spelled, ids);
    }
    let question = ids.get(id);
    if (!question) {
      const person = this.#followers.person(withoutScheme(spelled));
      question = { control: this, person, name, id, told: undefined, queued: false };
      ids.set(id, question);
      person.subscribe(() => this.#consider(/** @type {Question} */ (question)));
      this.#consider(question);
    }
    return question.person.number;
  }

  /**
   * Shows who somebody is, at a place of the window.
   * @param {unknown} name
   * @param {unknown} inputType
   * @param {unknown} left
   * @param {unknown} top
   */
  ShowOOUI(name, inputType, left, top) {
    const spelled = text(name);
    if (spelled !== "") {
      this.#card.show(withoutScheme(spelled), { byKeyboard: inputType === 1, left, top });
    }
  }

  /** Takes it away. */
  HideOOUI() {
    this.#card.hide();
  }

  /** Goes into the menu of what is shown, by keyboard. */
  DoAccelerator() {
    this.#card.enter();
  }

  /**
   * Tells a handler what is true by then.
   * @param {Question} question
   */
  tell(question) {
    const { person, name, id } = question;
    question.queued = false;
    const handler = this.#callable();
    if (handler && question.told !== person.number) {
      question.told = person.number;
      callHandler(handler, this.face, [name, person.number, id]);
    }
  }

  // Never inside the call that was the cause, and not before there is somebody to tell.
  /** @param {Question} question */
  #consider(question) {
    const { person } = question;
    if (person.told && question.told !== person.number && !question.queued && this.#handler) {
      question.queued = true;
      this.#telling.add(question);
    }
  }

  #callable() {
    const handler =
      typeof this.#handler === "string"
        ? /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (globalThis))[this.#handler]
        : this.#handler;
    return typeof handler === "function" ? /** @type {(...values: unknown[]) => unknown} */ (handler) : undefined;
  }
}

// As text, as it was for the control; what cannot become text is nobody's name.
/** @param {unknown} name */
function text(name) {
  if (name === undefined || name === null) {
    return "";
  }
  try {
    return String(name);
  } catch {
    return "";
  }
}
