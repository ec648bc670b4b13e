// The custom elements. Classes only: define.js gives them their tags. What their comments list is npm/custom-elements.json,
// which `node npm/generate.mjs` writes.

import { openMessenger, WINDOW } from "../loading/core.js";
import { tokenFrom } from "../loading/token.js";
import { attributeOf, put, reflect } from "./attributes.js";
import { DrawnElement, languageOf, namesNear, upgradeProperties } from "./element-base.js";
import { ownerOf } from "./last-known.js";
import { nameIn } from "./names.js";
import { observeNearness } from "./nearness.js";
import { Scope } from "./registry.js";
import { SETTINGS, settingsOf } from "./settings.js";

/**
 * @import { AutomationEventMap, ConnectOptions, IdleOptions } from "mistatus"
 * @import { Options } from "../automation/connect.js"
 * @import { Messenger } from "../automation/messenger.js"
 * @import { Drawn, Wanted } from "./mount.js"
 */

const HTMLElementBase = globalThis.HTMLElement ?? class {};

/**
 * Somebody's status, live: a dot that differs by shape and colour, with a label where wanted.
 *
 * @element mi-status
 * @attr {string} contact - Whose status: a sign-in name such as alice@example.com. Required.
 * @attr {'none' | 'status' | 'name' | 'full'} [label=none] - What stands beside the dot.
 * @attr {'small' | 'medium' | 'large'} [size=medium] - Size of the dot.
 * @attr {string} status - Set by the element: the status in kebab case.
 * @attr {boolean} stale - Set by the element: the status is known only from before a lost connection.
 * @fires {CustomEvent<StatusChangeDetail>} mi-status-change - The status changed; bubbles and is composed.
 * @slot - Fallback until there is something to draw.
 * @csspart status - The whole.
 * @csspart dot - The dot.
 * @csspart label - The text beside it.
 * @csspart note - What the person says about it.
 * @cssState {StatusName} status - The status, as in the attribute.
 * @cssState stale - The status is known only from before a lost connection.
 * @cssprop [--mi-dot-size=0.8em] - Width and height of the dot; unless set, 0.6em where the size is small and 1.15em
 *   where it is large.
 * @cssprop [--mi-gap=0.4em] - Space between dot and label.
 * @cssprop [--mi-color-online=light-dark(#15803d, #4ade80)] - Colour of the dot for online.
 * @cssprop [--mi-color-busy=light-dark(#c81e3a, #ff7085)] - Colour of the dot for busy, on the phone, in a meeting or a
 *   conference, and not to be disturbed.
 * @cssprop [--mi-color-away=light-dark(#a85b00, #fbb040)] - Colour of the dot for away, idle, soon back, out to lunch or
 *   out of the office, and maybe there.
 * @cssprop [--mi-color-custom=light-dark(#7c3aed, #b79cff)] - Colour of the dot for a status of one's own making.
 * @cssprop [--mi-color-offline=light-dark(#66707c, #a3adb9)] - Colour of the dot for offline and unknown, and for
 *   whatever is known only from before.
 */
export class MiStatusElement extends DrawnElement {
  static hasDot = true;
  static observedAttributes = ["contact", "label", "size", "lang"];

  /** @type {Drawn | undefined} */
  #drawn;
  #near = false;
  /** @type {(() => void) | undefined} */
  #unobserve;

  // People off the screen are not followed: a page may name thousands.
  started() {
    this.#unobserve = observeNearness(this, (near) => {
      this.#near = near;
      /** @type {Required<Drawn> | undefined} */ (this.#drawn)?.watch(near);
    });
  }

  stopped() {
    /** @type {() => void} */ (this.#unobserve)();
    this.#near = false;
    this.#drawn = undefined;
  }

  /** @param {Drawn} drawn */
  mounted(drawn) {
    this.#drawn = drawn;
    if (this.#near) {
      /** @type {Required<Drawn>} */ (drawn).watch(true);
    }
  }

  /** @returns {Wanted} */
  drawing() {
    const [label, size, picture, language] = this.updates();
    return { kind: "contact", contact: nameIn(this.contact), label, size, picture, language };
  }

  /** @returns {[label: string, size: string, picture: string | undefined, language: string]} */
  updates() {
    return [this.label, this.size, this.src, languageOf(this)];
  }

  /** @param {string} name */
  changed(name) {
    if (name === "contact") {
      this.removeAttribute("error");
      this.redraw();
    } else {
      super.changed();
    }
  }

  /**
   * @param {number} previousStatus
   * @param {number} status
   */
  statusChanged(previousStatus, status) {
    announce(this, "mi-status-change", { contact: this.contact, status, previousStatus });
  }
}

reflect(MiStatusElement, ["contact", "label", "size"]);

/**
 * Somebody's avatar, live: initials or a picture, with a dot on its corner that says the status.
 *
 * @element mi-avatar
 * @attr {string} contact - Whose avatar: a sign-in name such as alice@example.com. Required.
 * @attr {string} src - Address of a picture; the initials are shown without one, and where it cannot be loaded.
 * @attr {'none' | 'status' | 'name' | 'full'} [label=none] - What stands beside it.
 * @attr {'small' | 'medium' | 'large'} [size=medium] - Size of the disc.
 * @attr {string} status - Set by the element: the status in kebab case.
 * @attr {boolean} stale - Set by the element: the status is known only from before a lost connection.
 * @fires {CustomEvent<StatusChangeDetail>} mi-status-change - The status changed; bubbles and is composed.
 * @slot - Fallback until there is something to draw.
 * @slot picture - A picture of the page's own, such as an `img`; lies on the initials and goes before `src`.
 * @csspart status - The whole.
 * @csspart disc - The disc.
 * @csspart initials - The letters on it.
 * @csspart picture - The picture of `src` on it.
 * @csspart dot - The dot.
 * @csspart label - The text beside it.
 * @csspart note - What the person says about the status.
 * @cssState {StatusName} status - The status, as in the attribute.
 * @cssState stale - The status is known only from before a lost connection.
 * @cssprop [--mi-avatar-size=2.5em] - Width and height of the disc; unless set, 1.75em where the size is small and 3.5em
 *   where it is large.
 * @cssprop [--mi-avatar-radius=50%] - Radius of its corners.
 * @cssprop [--mi-avatar-background=#c8414c] - Colour of the disc; unless set, one of eight, by the sign-in name.
 * @cssprop [--mi-avatar-color=#fff] - Colour of the initials.
 * @cssprop [--mi-dot-size=0.8em] - Width and height of the dot; unless set, 0.32 of those of the disc.
 * @cssprop [--mi-gap=0.4em] - Space between disc and label.
 * @cssprop [--mi-color-online=light-dark(#15803d, #4ade80)] - Colour of the dot for online.
 * @cssprop [--mi-color-busy=light-dark(#c81e3a, #ff7085)] - Colour of the dot for busy, on the phone, in a meeting or a
 *   conference, and not to be disturbed.
 * @cssprop [--mi-color-away=light-dark(#a85b00, #fbb040)] - Colour of the dot for away, idle, soon back, out to lunch or
 *   out of the office, and maybe there.
 * @cssprop [--mi-color-custom=light-dark(#7c3aed, #b79cff)] - Colour of the dot for a status of one's own making.
 * @cssprop [--mi-color-offline=light-dark(#66707c, #a3adb9)] - Colour of the dot for offline and unknown, and for
 *   whatever is known only from before.
 */
export class MiAvatarElement extends MiStatusElement {
  static observedAttributes = [...MiStatusElement.observedAttributes, "src"];
}

reflect(MiAvatarElement, ["contact", "label", "size", "src"]);

/**
 * One's own status, and the choice of another.
 *
 * @element mi-my-status
 * @attr {string} states - Which statuses may be chosen: their kebab-case names, apart by spaces.
 * @attr {'panel' | 'menu'} [mode=panel] - Lets the user choose status, note and end, or the status alone.
 * @attr {number} idle-after - Seconds without input after which the user counts as idle.
 * @attr {boolean} no-idle - Keeps idleness from others.
 * @attr {string} status - Set by the element: the status in kebab case.
 * @attr {boolean} stale - Set by the element: the connection is lost.
 * @fires {CustomEvent<MyStatusChangeDetail>} mi-my-status-change - The own status changed, or could not be; bubbles and
 *   is composed.
 * @slot - Fallback until there is something to draw.
 * @csspart picker - The whole.
 * @csspart button - What opens the choice.
 * @csspart dot - The dot.
 * @csspart label - The text beside it.
 * @csspart panel - What the button opens.
 * @csspart list - The statuses in it.
 * @csspart option - One status of it.
 * @csspart details - Note and end in it, and what holds for idleness.
 * @csspart field - A field of those.
 * @csspart note - What the user says about the status.
 * @csspart signin - Why the user is not signed in, with a button to go on.
 * @csspart failure - Why a choice was refused.
 * @cssState {StatusName} status - The status, as in the attribute.
 * @cssState stale - The connection is lost.
 * @cssprop [--mi-dot-size=0.8em] - Width and height of the dots.
 * @cssprop [--mi-color-online=light-dark(#15803d, #4ade80)] - Colour of the dot for online.
 * @cssprop [--mi-color-busy=light-dark(#c81e3a, #ff7085)] - Colour of the dot for busy, on the phone, in a meeting or a
 *   conference, and not to be disturbed.
 * @cssprop [--mi-color-away=light-dark(#a85b00, #fbb040)] - Colour of the dot for away, idle, soon back, out to lunch or
 *   out of the office, and maybe there.
 * @cssprop [--mi-color-custom=light-dark(#7c3aed, #b79cff)] - Colour of the dot for a status of one's own making.
 * @cssprop [--mi-color-offline=light-dark(#66707c, #a3adb9)] - Colour of the dot for offline, unknown and invisible,
 *   while signing out, and for whatever is known only from before.
 * @cssprop [--mi-color-connecting=light-dark(#1d64d8, #7db0ff)] - Colour of the dot while the connection is on its way.
 * @cssprop [--mi-background=light-dark(#fff, #22272e)] - Background of button and choice.
 * @cssprop [--mi-color=light-dark(#1c2128, #eef1f4)] - Colour of the text.
 * @cssprop [--mi-border-color=light-dark(#8a939e, #7d8793)] - Colour of the lines around button and choice.
 * @cssprop [--mi-hover-background=light-dark(#eef2f7, #313842)] - Background of what is under the pointer or has the
 *   focus, and of the button while the choice is open.
 * @cssprop [--mi-focus-color=light-dark(#1d64d8, #7db0ff)] - Colour of the outline of what has the focus.
 * @cssprop [--mi-failure-color=light-dark(#b3142f, #ff8b9b)] - Colour of the text that says why a choice was refused.
 * @cssprop [--mi-radius=0.55em] - Radius of the corners.
 * @cssprop [--mi-shadow=0 0.6em 2em #0004] - Shadow of the choice.
 */
export class MiMyStatusElement extends DrawnElement {
  static observedAttributes = ["states", "mode", "idle-after", "no-idle", "lang"];

  /** Seconds without input after which the user counts as idle; null leaves it to the default. */
  get idleAfter() {
    const value = Number.parseFloat(this.getAttribute("idle-after") ?? "");
    return Number.isNaN(value) ? null : value;
  }

  set idleAfter(seconds) {
    put(this, "idle-after", seconds?.toString());
  }

  /** Whether idleness is kept from others. */
  get noIdle() {
    return isOn(this, "no-idle");
  }

  set noIdle(value) {
    put(this, "no-idle", value ? "" : null);
  }

  /** @returns {Wanted} */
  drawing() {
    return { kind: "me", states: this.states, mode: this.mode, language: languageOf(this) };
  }

  updates() {
    return [this.states, this.mode, languageOf(this)];
  }

  /** @param {string} name */
  changed(name) {
    super.changed(name);
    if (name === "idle-after") {
      this.#setIdle({ afterSeconds: this.idleAfter });
    } else if (name === "no-idle") {
      this.#setIdle({ transmit: this.noIdle ? false : null });
    }
  }

  /** @param {Messenger} messenger */
  attached(messenger) {
    // What the page does not say here holds as it was said when connecting.
    if (this.hasAttribute("idle-after")) {
      this.#setIdle({ afterSeconds: this.idleAfter });
    }
    if (this.noIdle) {
      this.#setIdle({ transmit: false });
    }
    const announced = (/** @type {AutomationEventMap["MyStatusChange"]} */ { hr, status }) =>
      announce(this, "mi-my-status-change", { hr, status });
    messenger.addEventListener("MyStatusChange", announced);
    return () => messenger.removeEventListener("MyStatusChange", announced);
  }

  /** @param {{ [Name in keyof IdleOptions]: IdleOptions[Name] | null }} idle */
  #setIdle(idle) {
    try {
      this.messenger?.setIdle(idle);
    } catch (error) {
      this.complain(
        `cannot use idle-after="${this.getAttribute("idle-after")}": ${/** @type {Error} */ (error).message}`,
      );
    }
  }
}

reflect(MiMyStatusElement, ["states", "mode"], "idleAfter", "noIdle");

/**
 * The people on the list, in their groups, with what is needed to add, order, block and remove them, and to answer who asks.
 *
 * @element mi-contact-list
 * @attr {'groups' | 'onoffline'} [sort=groups] - By group, or by who is there.
 * @attr {string} filter - Shows the people whose names hold this; the user can change it.
 * @attr {number} unread - How many messages the user has not read; set by the element, absent for none.
 * @slot - Fallback until there is something to draw.
 * @csspart panel - The whole.
 * @csspart bar - Search field and buttons.
 * @csspart filter - The search field.
 * @csspart button - Each button.
 * @csspart form - What asks for a name, or whether something is to go.
 * @csspart field - The field in it.
 * @csspart offers - People of the directory who are offered below it.
 * @csspart offer - One of them.
 * @csspart requests - Those who ask to see the user.
 * @csspart request - One of them.
 * @csspart list - The people.
 * @csspart row - One line: a person or a heading.
 * @csspart heading - The text of a heading.
 * @csspart badge - How many messages have not been read.
 * @csspart more - What opens the menu by pointer.
 * @csspart menu - The menu.
 * @csspart option - One thing in it.
 * @csspart dot - The dot of a person.
 * @csspart label - The text beside it.
 * @csspart note - What the person says about the status.
 * @csspart empty - The text where nobody is to be shown.
 * @csspart signin - Why the user is not signed in, with a button to go on.
 * @csspart failure - Why something did not work.
 * @cssState unread - There are messages that the user has not read.
 * @cssprop [--mi-list-height=22em] - Most height of the people; what is more scrolls.
 * @cssprop [--mi-dot-size=0.8em] - Width and height of the dots.
 * @cssprop [--mi-gap=0.4em] - Space between dot and label.
 * @cssprop [--mi-color-online=light-dark(#15803d, #4ade80)] - Colour of the dot for online.
 * @cssprop [--mi-color-busy=light-dark(#c81e3a, #ff7085)] - Colour of the dot for busy, on the phone, in a meeting or a
 *   conference, and not to be disturbed.
 * @cssprop [--mi-color-away=light-dark(#a85b00, #fbb040)] - Colour of the dot for away, idle, soon back, out to lunch or
 *   out of the office, and maybe there.
 * @cssprop [--mi-color-custom=light-dark(#7c3aed, #b79cff)] - Colour of the dot for a status of one's own making.
 * @cssprop [--mi-color-offline=light-dark(#66707c, #a3adb9)] - Colour of the dot for offline and unknown, and for
 *   whatever is known only from before.
 * @cssprop [--mi-background=light-dark(#fff, #22272e)] - Background of fields, buttons and menu, and colour of the
 *   number of messages.
 * @cssprop [--mi-color=light-dark(#1c2128, #eef1f4)] - Colour of the text.
 * @cssprop [--mi-border-color=light-dark(#8a939e, #7d8793)] - Colour of the lines around fields, buttons, forms and menu.
 * @cssprop [--mi-hover-background=light-dark(#eef2f7, #313842)] - Background of what is under the pointer or chosen.
 * @cssprop [--mi-focus-color=light-dark(#1d64d8, #7db0ff)] - Colour of the outline of what has the focus, of the line
 *   around the button that confirms, and of the ground of the number of messages.
 * @cssprop [--mi-failure-color=light-dark(#b3142f, #ff8b9b)] - Colour of what says why something did not work, and that
 *   somebody is blocked.
 * @cssprop [--mi-faint-color=light-dark(#59636f, #a9b3bf)] - Colour of statuses beside names, notes, counts and hints.
 * @cssprop [--mi-radius=0.55em] - Radius of the corners.
 * @cssprop [--mi-shadow=0 0.6em 2em #0004] - Shadow of the menu.
 */
export class MiContactListElement extends DrawnElement {
  static observedAttributes = ["sort", "filter", "lang"];
  static stateless = true;

  /** @type {Drawn | undefined} */
  #drawn;
  /** @type {((drawn: Required<Drawn>) => boolean | undefined | void) | undefined} */
  #wish;

  /** Puts the focus where the people are. */
  focusList() {
    this.#do((drawn) => drawn.focus());
  }

  /**
   * Opens the field for somebody new, with a name in it already or none; false where it was open.
   * @param {string} [name]
   * @returns {boolean | undefined}
   */
  openAdd(name = "") {
    return this.#do((drawn) => drawn.openAdd(name));
  }

  // What is wished before there is anything is done once there is.
  /**
   * @template {boolean | undefined | void} Value
   * @param {(drawn: Required<Drawn>) => Value} wish
   */
  #do(wish) {
    this.#wish = this.#drawn ? undefined : wish;
    return this.#drawn && wish(/** @type {Required<Drawn>} */ (this.#drawn));
  }

  /** How many messages the user has not read, on any device. */
  get unread() {
    return Number(this.truth.unread);
  }

  /** @param {Messenger} messenger */
  attached(messenger) {
    const count = () => this.tell("unread", messenger.unread > 0 ? String(messenger.unread) : null);
    count();
    messenger.addEventListener("unread-change", count);
    return () => {
      messenger.removeEventListener("unread-change", count);
      this.tell("unread", null);
    };
  }

  /** @param {Drawn} drawn */
  mounted(drawn) {
    this.#drawn = drawn;
    this.#wish?.(/** @type {Required<Drawn>} */ (drawn));
    this.#wish = undefined;
  }

  stopped() {
    this.#drawn = undefined;
  }

  /** @returns {Wanted} */
  drawing() {
    const [sort, filter, language] = this.updates();
    return { kind: "list", sort, filter, language };
  }

  updates() {
    return [this.sort, this.filter, languageOf(this)];
  }
}

reflect(MiContactListElement, ["sort", "filter"]);

/**
 * A panel in which two people write to each other; not modal, movable and resizable.
 *
 * @element mi-conversation
 * @attr {string} contact - With whom: a sign-in name. Required.
 * @attr {boolean} open - Whether it is to be seen; taken away when the user closes it.
 * @csspart panel - The whole.
 * @csspart head - Who it is, and what moves and closes it.
 * @csspart handle - What moves it by keyboard.
 * @csspart log - What was written.
 * @csspart message - One message.
 * @csspart day - Of which day the messages below it are.
 * @csspart text - Its text.
 * @csspart form - Field and button.
 * @csspart field - The field.
 * @csspart button - Each button.
 * @csspart failure - What is wrong.
 * @cssState open - The panel is to be seen.
 * @cssprop [--mi-dot-size=0.8em] - Width and height of the dot.
 * @cssprop [--mi-gap=0.4em] - Space between dot and label.
 * @cssprop [--mi-color-online=light-dark(#15803d, #4ade80)] - Colour of the dot for online.
 * @cssprop [--mi-color-busy=light-dark(#c81e3a, #ff7085)] - Colour of the dot for busy, on the phone, in a meeting or a
 *   conference, and not to be disturbed.
 * @cssprop [--mi-color-away=light-dark(#a85b00, #fbb040)] - Colour of the dot for away, idle, soon back, out to lunch or
 *   out of the office, and maybe there.
 * @cssprop [--mi-color-custom=light-dark(#7c3aed, #b79cff)] - Colour of the dot for a status of one's own making.
 * @cssprop [--mi-color-offline=light-dark(#66707c, #a3adb9)] - Colour of the dot for offline and unknown, and for
 *   whatever is known only from before.
 * @cssprop [--mi-background=light-dark(#fff, #22272e)] - Background of the panel, its field and its buttons.
 * @cssprop [--mi-color=light-dark(#1c2128, #eef1f4)] - Colour of the text.
 * @cssprop [--mi-border-color=light-dark(#8a939e, #7d8793)] - Colour of the lines around and in the panel.
 * @cssprop [--mi-hover-background=light-dark(#eef2f7, #313842)] - Background of the other's messages, and of a button
 *   under the pointer.
 * @cssprop [--mi-own-background=light-dark(#dbe8fd, #1f3a63)] - Background of the user's own messages.
 * @cssprop [--mi-focus-color=light-dark(#1d64d8, #7db0ff)] - Colour of the outline of what has the focus, and of the
 *   line around the button that sends.
 * @cssprop [--mi-failure-color=light-dark(#b3142f, #ff8b9b)] - Colour of what says that something is wrong, and of the
 *   outline of a message that was not sent.
 * @cssprop [--mi-faint-color=light-dark(#59636f, #a9b3bf)] - Colour of times, of the status beside the name, and of hints.
 * @cssprop [--mi-radius=0.55em] - Radius of the corners.
 * @cssprop [--mi-shadow=0 0.6em 2em #0004] - Shadow of the panel.
 */
export class MiConversationElement extends DrawnElement {
  static observedAttributes = ["contact", "open", "lang"];
  static stateless = true;

  /** @type {Drawn | undefined} */
  #drawn;
  #focus = false;

  /** Whether the panel is to be seen. */
  get open() {
    return "open" in this.truth || isOn(this, "open");
  }

  // What the page did not write it cannot take away: only whoever opened it knows when to close it.
  set open(open) {
    if (open && !this.open) {
      this.tell("open", "");
    } else if (!open) {
      delete this.truth.open;
      if (this.#drawn) {
        // A library may have taken it away: its going is what closes the panel.
        this.setAttribute("open", "");
      }
      this.removeAttribute("open");
    }
  }

  /** Opens the panel and puts the focus into its field. */
  show() {
    this.open = true;
    this.#focus = !this.#drawn;
    /** @type {Required<Drawn> | undefined} */ (this.#drawn)?.focus();
  }

  /** Closes the panel; the focus returns to where it was before {@link show}. */
  close() {
    this.open = false;
  }

  /** @param {Drawn} drawn */
  mounted(drawn) {
    this.#drawn = this.open ? drawn : undefined;
    if (this.#focus && this.open) {
      this.#focus = false;
      /** @type {Required<Drawn>} */ (drawn).focus();
    }
  }

  stopped() {
    this.#drawn = undefined;
  }

  /** @param {Messenger} messenger */
  attached(messenger) {
    if (this.open) {
      messenger[WINDOW]?.(this);
    }
  }

  /** @returns {Wanted} */
  drawing() {
    return {
      kind: "conversation",
      contact: nameIn(this.contact),
      open: this.open,
      language: languageOf(this),
      close: () => this.close(),
    };
  }

  updates() {
    return [languageOf(this)];
  }

  /** @param {string} name */
  changed(name) {
    if (name === "lang") {
      super.changed(name);
      return;
    }
    if (name === "open" && this.open === !!this.#drawn) {
      return;
    }
    this.removeAttribute("error");
    const { messenger } = this;
    this.redraw();
    if (messenger && this.open) {
      messenger[WINDOW]?.(this);
    }
  }
}

reflect(MiConversationElement, ["contact"], "open");

/**
 * A messenger for the elements inside it, where a page needs more than one.
 *
 * @element mi-messenger
 * @attr {string} server - Address of the event stream. Required.
 * @attr {string} token-url - Address of the page's endpoint that gives out tokens.
 * @attr {'omit' | 'same-origin' | 'include'} [token-credentials=same-origin] - With which cookies it is asked.
 * @attr {string} signin-name - Sign-in name, for servers that let the client say who it is.
 * @attr {string} friendly-name - Display name.
 * @attr {string} share-connection - Whether tabs of the same user share one connection: false, or a text that names the
 *   user.
 * @attr {boolean} open-on-message - Lets a message from somebody on the list open their conversation; read when the
 *   messenger is made.
 * @attr {'json' | 'xmpp'} [transport=json] - What is spoken with the server.
 * @attr {string} domain - XMPP: the service's domain, if not that of the sign-in name.
 * @attr {'token' | 'password' | 'anonymous'} [credentials=token] - XMPP: what the token is.
 * @attr {'nobody' | 'listed' | 'everybody'} [approval=listed] - XMPP: who may see the user without the user's being asked.
 */
export class MiMessengerElement extends HTMLElementBase {
  static observedAttributes = SETTINGS.map(attributeOf);

  /** @type {ConnectOptions["token"]} */
  #token;
  #changed = false;

  /**
   * Serves the elements inside; they look for this property.
   * @type {Scope}
   */
  mistatusScope = new Scope((signal) => this.#open(signal));

  /** A token, or a function that gets one; goes before `token-url`. Never an attribute: tokens are secrets. */
  get token() {
    return this.#token;
  }

  // One function is as good as another: the newest is asked next.
  set token(token) {
    const before = this.#token;
    this.#token = token;
    if (token !== before && !(isFunction(token) && isFunction(before))) {
      this.#reopen();
    }
  }

  /** The messenger; null until the WebAssembly is there. */
  get messenger() {
    return this.mistatusScope.messenger;
  }

  /** Settles with the messenger before it is signed in, so that nobody misses an event. */
  get opened() {
    return this.mistatusScope.open();
  }

  /** Settles with the messenger at its first sign-in. */
  get ready() {
    return this.opened.then((messenger) => messenger?.signedIn);
  }

  connectedCallback() {
    upgradeProperties(this);
    this.#identify();
    // As the elements inside: attributes that a framework sets after inserting belong to the first connection.
    queueMicrotask(() => this.isConnected && this.mistatusScope.open());
  }

  disconnectedCallback() {
    queueMicrotask(() => this.isConnected || this.mistatusScope.close());
  }

  /**
   * @param {string} _name
   * @param {string | null} before
   * @param {string | null} after
   */
  attributeChangedCallback(_name, before, after) {
    // No text says as little as an empty one.
    if ((before ?? "") !== (after ?? "")) {
      this.#reopen();
    }
  }

  // Several attributes changed in a row are one change.
  #reopen() {
    this.#identify();
    if (this.#changed || !this.isConnected || !(this.mistatusScope.opening || this.messenger)) {
      return;
    }
    this.#changed = true;
    queueMicrotask(() => {
      this.#changed = false;
      if (this.isConnected) {
        this.mistatusScope.reopen((signal) => this.#open(signal));
      }
    });
  }

  #identify() {
    this.mistatusScope.key = ownerOf(this.server || this.domain, this.signinName);
  }

  /**
   * @param {AbortSignal} [signal]
   * @returns {Promise<Messenger>}
   */
  #open(signal) {
    const given = settingsOf(this);
    const settings = /** @type {Options} */ ({
      ...given,
      token: isFunction(this.#token)
        ? () => /** @type {() => string} */ (this.#token)()
        : (this.#token ?? tokenFrom(given.tokenUrl, given.tokenCredentials)),
      openOnMessage: isOn(this, "open-on-message"),
    });
    return openMessenger(settings, { names: () => namesNear(this.mistatusScope), signal });
  }
}

reflect(MiMessengerElement, SETTINGS, "token");

/** @param {unknown} value */
const isFunction = (value) => typeof value === "function";

/**
 * Whether an attribute is there and does not say `false`, which some frameworks write where nothing should stand.
 * @param {Element} element
 * @param {string} name
 */
const isOn = (element, name) => (element.getAttribute(name) ?? "false") !== "false";

/**
 * @param {Element} element
 * @param {string} type
 * @param {object} detail
 */
function announce(element, type, detail) {
  element.dispatchEvent(new CustomEvent(type, { bubbles: true, composed: true, detail }));
}
