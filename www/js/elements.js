// The custom elements. Classes only: define.js gives them their tags.

import { WINDOW, openMessenger } from "./core.js";
import { DrawnElement, languageOf, namesNear, reflect, upgradeProperties } from "./element-base.js";
import { observeNearness } from "./nearness.js";
import { Scope } from "./registry.js";
import { tokenFrom } from "./token.js";

const HTMLElementBase = globalThis.HTMLElement ?? class {};

/** `<mi-status contact="alice@example.com">`: somebody's status, live. */
export class MiStatusElement extends DrawnElement {
  static hasDot = true;
  static observedAttributes = ["contact", "label", "size", "lang"];
  static upgradable = ["contact", "label", "size"];

  #drawn;
  #near = false;
  #unobserve;

  // People off the screen are not followed: a page may name thousands.
  started() {
    this.#unobserve = observeNearness(this, (near) => {
      this.#near = near;
      this.#drawn?.watch(near);
    });
  }

  stopped() {
    this.#unobserve();
    this.#near = false;
    this.#drawn = undefined;
  }

  mounted(drawn) {
    this.#drawn = drawn;
    if (this.#near) {
      drawn.watch(true);
    }
  }

  drawing() {
    const contact = this.contact;
    if (contact === "") {
      this.complain("E_INVALIDARG", 'needs the attribute contact, for example contact="alice@example.com"');
    }
    return {
      kind: "contact",
      contact,
      label: this.label,
      size: this.size,
      language: languageOf(this),
      refused: (message) => this.complain("E_INVALIDARG", `has a contact that is no sign-in name: ${message}`),
    };
  }

  updates() {
    return [this.label, this.size, languageOf(this)];
  }

  changed(name) {
    if (name === "contact") {
      this.removeAttribute("error");
      this.redraw();
    } else {
      super.changed();
    }
  }

  statusChanged(previousStatus, status) {
    announce(this, "mi-status-change", { contact: this.contact, status, previousStatus });
  }
}

reflect(MiStatusElement, { contact: "contact", label: "label", size: "size" });

/** `<mi-my-status>`: one's own status, and the choice of another. */
export class MiMyStatusElement extends DrawnElement {
  static observedAttributes = ["states", "idle-after", "no-idle", "lang"];
  static upgradable = ["states", "idleAfter", "noIdle"];

  /** Seconds without input after which the user counts as idle; null leaves it to the default. */
  get idleAfter() {
    const value = Number.parseFloat(this.getAttribute("idle-after") ?? "");
    return Number.isNaN(value) ? null : value;
  }

  set idleAfter(seconds) {
    if (seconds === null || seconds === undefined) {
      this.removeAttribute("idle-after");
    } else {
      this.setAttribute("idle-after", String(seconds));
    }
  }

  /** Whether idleness is kept from others. */
  get noIdle() {
    return this.hasAttribute("no-idle");
  }

  set noIdle(value) {
    this.toggleAttribute("no-idle", Boolean(value));
  }

  drawing() {
    return {
      kind: "me",
      states: this.states,
      language: languageOf(this),
      refused: (names) => this.complain("E_INVALIDARG", `has states that cannot be chosen: ${names}`),
    };
  }

  updates() {
    return [this.states, languageOf(this)];
  }

  changed(name) {
    super.changed(name);
    if (name === "idle-after") {
      this.#setIdle({ afterSeconds: this.idleAfter });
    } else if (name === "no-idle") {
      this.#setIdle({ transmit: this.noIdle ? false : null });
    }
  }

  attached(messenger) {
    // What the page does not say here holds as it was said when connecting.
    if (this.hasAttribute("idle-after")) {
      this.#setIdle({ afterSeconds: this.idleAfter });
    }
    if (this.noIdle) {
      this.#setIdle({ transmit: false });
    }
    const announced = ({ hr, status }) => announce(this, "mi-my-status-change", { hr, status });
    messenger.addEventListener("MyStatusChange", announced);
    return () => messenger.removeEventListener("MyStatusChange", announced);
  }

  #setIdle(idle) {
    try {
      this.messenger?.setIdle(idle);
    } catch (error) {
      this.complain("E_INVALIDARG", `cannot use idle-after="${this.getAttribute("idle-after")}": ${error.message}`);
    }
  }
}

reflect(MiMyStatusElement, { states: "states" });

/** `<mi-contact-list>`: the people on the list, in their groups, and all that can be done with them. */
export class MiContactListElement extends DrawnElement {
  static observedAttributes = ["sort", "filter", "lang"];
  static upgradable = ["sort", "filter"];
  static stateless = true;

  #drawn;
  #wish;

  /** Puts the focus where the people are. */
  focusList() {
    this.#do((drawn) => drawn.focus());
  }

  /** Opens the field for somebody new, with a name in it already or none; false where it was open. */
  openAdd(name = "") {
    return this.#do((drawn) => drawn.openAdd(name));
  }

  // What is wished before there is anything is done once there is.
  #do(wish) {
    this.#wish = this.#drawn ? undefined : wish;
    return this.#drawn && wish(this.#drawn);
  }

  mounted(drawn) {
    this.#drawn = drawn;
    this.#wish?.(drawn);
    this.#wish = undefined;
  }

  stopped() {
    this.#drawn = undefined;
  }

  drawing() {
    const [sort, filter, language] = this.updates();
    return { kind: "list", sort, filter, language, converse: (name) => this.#converse(name) };
  }

  updates() {
    return [this.sort, this.filter, languageOf(this)];
  }

  #converse(name) {
    try {
      this.messenger.InstantMessage(name);
    } catch (error) {
      console.error(`mistatus: ${error.message}`);
    }
  }
}

reflect(MiContactListElement, { sort: "sort", filter: "filter" });

/** `<mi-conversation contact="alice@example.com" open>`: a panel in which two people write to each other. */
export class MiConversationElement extends DrawnElement {
  static observedAttributes = ["contact", "open", "lang"];
  static upgradable = ["contact", "open"];
  static stateless = true;

  #drawn;
  #focus = false;
  #before;

  /** Whether the panel is to be seen. */
  get open() {
    return this.hasAttribute("open");
  }

  set open(open) {
    this.toggleAttribute("open", Boolean(open));
  }

  /** Opens the panel and puts the focus into its field. */
  show() {
    if (document.activeElement !== this) {
      this.#before = document.activeElement;
    }
    this.open = true;
    this.#focus = !this.#drawn;
    this.#drawn?.focus();
  }

  /** Closes the panel; the focus returns to where it was before {@link show}. */
  close() {
    const back = document.activeElement === this && this.#before;
    this.open = false;
    if (back) {
      (back.focusList ?? back.focus).call(back);
    }
  }

  mounted(drawn) {
    this.#drawn = this.open ? drawn : undefined;
    if (this.#focus && this.open) {
      this.#focus = false;
      drawn.focus();
    }
  }

  stopped() {
    this.#drawn = undefined;
  }

  attached(messenger) {
    if (this.open) {
      messenger[WINDOW]?.(this);
    }
  }

  drawing() {
    return {
      kind: "conversation",
      contact: this.contact,
      open: this.open,
      language: languageOf(this),
      close: () => this.close(),
      refused: (message) => this.complain("E_INVALIDARG", `has a contact that is no sign-in name: ${message}`),
    };
  }

  updates() {
    return [languageOf(this)];
  }

  changed(name) {
    if (name === "lang") {
      super.changed(name);
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

reflect(MiConversationElement, { contact: "contact" });

/** Attributes that only XMPP needs, which are properties and options of the same names. */
const XMPP = ["domain", "credentials", "approval"];

/** `<mi-messenger server="…">`: a messenger for the elements inside it. */
export class MiMessengerElement extends HTMLElementBase {
  static observedAttributes = ["server", "token-url", "signin-name", "friendly-name", "share-connection", "transport", ...XMPP];
  static upgradable = ["server", "tokenUrl", "signinName", "friendlyName", "shareConnection", "transport", ...XMPP, "token"];

  #token;
  #changed = false;

  /** Serves the elements inside; they look for this property. */
  mistatusScope = new Scope((signal) => this.#open(signal));

  /** A token, or a function that gets one; goes before `token-url`. Never an attribute: tokens are secrets. */
  get token() {
    return this.#token;
  }

  set token(token) {
    this.#token = token;
    this.#reopen();
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

  attributeChangedCallback(_name, before, after) {
    if (before !== after) {
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
    this.mistatusScope.key = [this.server || this.domain, this.signinName || this.tokenUrl].join(" ");
  }

  async #open(signal) {
    try {
      const transport = this.transport || undefined;
      const settings = {
        server: this.server,
        token: this.token ?? tokenFrom(this.tokenUrl),
        signinName: this.signinName || undefined,
        friendlyName: this.friendlyName || undefined,
        shareConnection: this.shareConnection,
        transport,
        ...Object.fromEntries(XMPP.map((name) => [name, this[name] || undefined])),
        // What the API says and what the elements show must not differ.
        extendedStates: true,
        keepTrying: true,
        openOnMessage: (this.getAttribute("open-on-message") ?? "false") !== "false",
      };
      return await openMessenger(settings, { names: () => namesNear(this.mistatusScope), signal });
    } catch (error) {
      console.error(`mistatus: <${this.localName}> ${error.message}`);
      throw error;
    }
  }
}

reflect(MiMessengerElement, {
  server: "server",
  tokenUrl: "token-url",
  signinName: "signin-name",
  friendlyName: "friendly-name",
  shareConnection: "share-connection",
  transport: "transport",
  ...Object.fromEntries(XMPP.map((name) => [name, name])),
});

function announce(element, type, detail) {
  element.dispatchEvent(new CustomEvent(type, { bubbles: true, composed: true, detail }));
}
