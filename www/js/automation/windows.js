// Windows of the automation API: panels of the page. What was written belongs to the user and stays with the client;
// a window is only where it is shown.

import { invalid, oneOf, somebodyElse } from "./arguments.js";
import { HRESULT } from "./constants.js";
import { MessengerContacts } from "./contacts.js";
import { fail, notImplemented, scripted, subjects } from "./desk.js";
import { CONVERSATION_ACCESS, WINDOW_ACCESS } from "./tables.js";

/**
 * @import { Desk } from "./desk.js"
 * @import { ConversationPanel } from "./panels.js"
 */

/** Left and Top of a window that is closed down to nothing. */
const MINIMISED = -32_000;

/** Messages a minute that a restricted object may send. */
const MESSAGES_A_MINUTE = 20;

/** @typedef {"left" | "top" | "width" | "height"} Edge */

/**
 * What shows a window: see panels.js.
 *
 * @typedef {object} WindowPanel
 * @property {boolean} closed whether there is nothing to be seen of it
 * @property {boolean} dead whether it is gone for good
 * @property {boolean[]} [bars] of a conversation: sidebar and toolbar, by MWINDOWPROPERTY
 * @property {() => void} show
 * @property {() => void} close
 * @property {(edge: Edge) => number} measure
 * @property {(edge: Edge, pixels: number) => void} place
 */

/** A window: the main one, or a conversation. */
export class MessengerWindow {
  static access = WINDOW_ACCESS;

  #desk;
  #panel;

  /**
   * @param {Desk} desk
   * @param {WindowPanel} panel shows it
   */
  constructor(desk, panel) {
    this.#desk = desk;
    this.#panel = panel;
    subjects.set(this, { desk, window: panel });
  }

  /** Closes the window; the main one can be shown again, a conversation's object is dead afterwards. Closing twice is S_FALSE. */
  Close() {
    if (this.#panel.closed) {
      this.#desk.nothingDone();
    } else {
      this.#panel.close();
    }
  }

  /** Shows the window and gives it the focus. */
  Show() {
    this.#alive().show();
  }

  /** Whether there is nothing to be seen of the main window. */
  get IsClosed() {
    return this.#alive().closed;
  }

  /** Height in CSS pixels. */
  get Height() {
    return this.#alive().measure("height");
  }

  set Height(pixels) {
    this.#put("height", pixels, 1);
  }

  /** Width in CSS pixels. */
  get Width() {
    return this.#alive().measure("width");
  }

  set Width(pixels) {
    this.#put("width", pixels, 1);
  }

  /** Distance from the left edge of the viewport in CSS pixels; -32000 while there is nothing to be seen. */
  get Left() {
    const panel = this.#alive();
    return panel.closed ? MINIMISED : panel.measure("left");
  }

  set Left(pixels) {
    this.#put("left", pixels, -Infinity);
  }

  /** Distance from the upper edge of the viewport in CSS pixels; -32000 while there is nothing to be seen. */
  get Top() {
    const panel = this.#alive();
    return panel.closed ? MINIMISED : panel.measure("top");
  }

  set Top(pixels) {
    this.#put("top", pixels, -Infinity);
  }

  /**
   * Answers E_NOTIMPL: pages have no window handles.
   * @returns {never}
   */
  get HWND() {
    this.#alive();
    throw notImplemented("HWND");
  }

  /**
   * Returns whether sidebar (0) or toolbar (1) of a conversation are shown.
   * @param {number} property
   */
  Property(property) {
    return this.#bars(property)[property];
  }

  /**
   * Says whether sidebar or toolbar are shown; `Property(x) = v` cannot be written in today's JavaScript.
   * @param {number} property
   * @param {unknown} value
   */
  setProperty(property, value) {
    const bars = this.#bars(property);
    if (typeof value !== "boolean") {
      throw invalid("sidebar and toolbar are shown (true) or not (false)");
    }
    if (bars[property] === value) {
      this.#desk.nothingDone();
    }
    bars[property] = value;
  }

  /** @param {number} property */
  #bars(property) {
    const { bars } = this.#alive();
    if (!bars) {
      throw notImplemented("Property of the main window");
    }
    oneOf([0, 1], property, "MWINDOWPROPERTY");
    return bars;
  }

  /**
   * @param {Edge} edge
   * @param {number} pixels
   * @param {number} min
   */
  #put(edge, pixels, min) {
    const panel = this.#alive();
    if (!Number.isFinite(pixels) || pixels < min) {
      throw invalid(`${edge} must be a number of pixels${min > 0 ? " above 0" : ""}`);
    }
    panel.place(edge, pixels);
  }

  #alive() {
    if (this.#panel.dead) {
      throw fail(HRESULT.E_FAIL, "the window is closed");
    }
    return this.#panel;
  }
}

/** The window of a conversation with one person. Unusable once it is closed. */
export class MessengerConversationWnd extends MessengerWindow {
  static access = CONVERSATION_ACCESS;

  #desk;
  #panel;
  #contacts;

  /**
   * @param {Desk} desk
   * @param {ConversationPanel} panel
   */
  constructor(desk, panel) {
    super(desk, panel);
    this.#desk = desk;
    this.#panel = panel;
    const { key } = panel;
    this.#contacts = new MessengerContacts(desk, {
      keys: () => (panel.dead ? [] : [key]),
      // Nobody leaves the list by leaving a conversation.
      has: () => false,
    });
  }

  /**
   * Checks whom to bring in. A conversation is between two: the limit of participants is always reached.
   * @param {unknown} contact
   */
  AddContact(contact) {
    this.#alive();
    const key = somebodyElse(this.#desk, contact, undefined, HRESULT.E_FAIL);
    if (key === this.#panel.key) {
      this.#desk.nothingDone();
      return;
    }
    throw fail(HRESULT.MSGR_E_SESSION_FULL, "a conversation is between two people");
  }

  /** Who takes part, without the user. */
  get Contacts() {
    this.#alive();
    return this.#focused(this.#contacts);
  }

  /** What was written so far, as plain text: a line for each message. */
  get History() {
    this.#alive();
    const { client } = this.#desk;
    const names = [client.contactFriendlyName(this.#panel.key), client.myFriendlyName || client.mySigninName];
    const lines = client.messages(this.#panel.key).map(([, mine, text]) => `${names[mine ? 1 : 0]}: ${text}`);
    return this.#focused(lines.join("\n"));
  }

  /**
   * Sends a message. Whether it went is seen in the conversation.
   * @param {unknown} text
   */
  SendText(text) {
    this.#alive();
    if (typeof text !== "string") {
      throw invalid("SendText takes a text");
    }
    const { client, caller } = this.#desk;
    client.checkMessage(text);
    if (caller && !caller.mayWrite(MESSAGES_A_MINUTE)) {
      throw fail(HRESULT.MSGR_E_SERVER_TOO_BUSY, `scripts may send ${MESSAGES_A_MINUTE} messages a minute`);
    }
    // A failure stands in the conversation, with the message.
    client.sendMessage(client.contactSigninName(this.#panel.key), text).catch(() => {});
    this.#focused();
  }

  /** Number of the conversation, as StartConversation returned it. Ours. */
  get handle() {
    return this.#panel.handle;
  }

  #alive() {
    if (this.#panel.dead) {
      throw fail(HRESULT.E_FAIL, "the conversation is closed");
    }
    this.#desk.needSignin(HRESULT.E_FAIL);
  }

  // Without the focus a call succeeds all the same, and says so.
  /**
   * @template [Value=undefined]
   * @param {Value} [value]
   * @returns {Value}
   */
  #focused(value) {
    return document.hasFocus() ? /** @type {Value} */ (value) : this.#desk.nothingDone(value);
  }
}

scripted(MessengerWindow);
scripted(MessengerConversationWnd);
