// What the elements that show something have in common: a shadow root with the fallback in it until there is something to draw,
// the nearest messenger, and a life that survives being moved. Draws nothing itself.

import { MOUNT } from "../loading/core.js";
import { put } from "./attributes.js";
import { adoptStyles, drawLastKnown, drawUnknown } from "./draw.js";
import { recall } from "./last-known.js";
import { nameIn } from "./names.js";
import { nearElements } from "./nearness.js";
import { pageLanguage } from "./page-language.js";
import { pageScope } from "./registry.js";

/**
 * @import { MessengerError } from "../automation/errors.js"
 * @import { Messenger } from "../automation/messenger.js"
 * @import { LastKnown } from "./last-known.js"
 * @import { Drawing, Drawn } from "./mount.js"
 * @import { Scope } from "./registry.js"
 */

// Importable where there is no DOM; nobody makes an element there.
const HTMLElementBase = globalThis.HTMLElement ?? class {};

/** @typedef {[status: number, kebab: string, stale: boolean]} Shown */

/** @type {Shown} */
const UNKNOWN = [0, "unknown", false];

/**
 * What the classes of drawn elements say about all elements of theirs.
 *
 * @typedef {object} DrawnClass
 * @property {boolean} hasDot whether what is drawn has, whatever else, one dot
 * @property {boolean} [stateless] whether there is no status to be shown
 * @property {readonly string[]} [upgradable] properties that a page may set before the element is defined
 */

/** The base class of elements that a messenger draws. */
export class DrawnElement extends HTMLElementBase {
  /** Whether what is drawn has, whatever else, one dot. */
  static hasDot = false;

  #root;
  /**
   * The scope that serves the element; set when it starts to live in the page.
   * @type {Scope | undefined}
   */
  #scope;
  /** @type {(() => void) | undefined} */
  #unsubscribe;
  /** @type {Drawn | undefined} */
  #mounted;
  /** @type {Shown | undefined} */
  #live;
  /** @type {HTMLElement | undefined} */
  #lastKnown;
  /** @type {Messenger | undefined} */
  #messenger;
  #status = 0;
  #stale = false;
  #started = false;
  /** @type {Set<string>} */
  #complained = new Set();

  /**
   * What the element says of itself by attributes: as they are to be, whatever becomes of them in the page.
   * @type {Record<string, string | null>}
   */
  truth = {};

  constructor() {
    super();
    this.#root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    this.#showFallback();
  }

  /** MISTATUS number of what is shown. */
  get status() {
    return this.#status;
  }

  /** Whether what is shown is known only from before a lost connection. */
  get stale() {
    return this.#stale;
  }

  connectedCallback() {
    upgradeProperties(this);
    // A microtask later, so that attributes which a framework sets after inserting are there, and a move is one step.
    queueMicrotask(() => this.isConnected && this.#start());
  }

  // In another document nothing holds that belongs to one: styles, and who looks at the screen.
  adoptedCallback() {
    this.#stop();
  }

  disconnectedCallback() {
    queueMicrotask(() => this.isConnected || this.#stop());
  }

  /**
   * @param {string} name
   * @param {string | null} before
   * @param {string | null} after
   */
  attributeChangedCallback(name, before, after) {
    if (before !== after && this.#started) {
      this.changed(name);
    }
  }

  /**
   * Called when an observed attribute changed.
   * @param {string} [_name] of the attribute
   */
  changed(_name) {
    this.#mounted?.update(...this.updates());
  }

  /** Called when the element starts to live in the page. */
  started() {}

  /** Called when it no longer does. */
  stopped() {}

  /**
   * Called with what draws the element from now on.
   * @param {Drawn} _drawn
   */
  mounted(_drawn) {}

  /**
   * Called when there is a messenger; returns a function that detaches from it.
   * @param {Messenger} _messenger
   * @returns {(() => void) | void}
   */
  attached(_messenger) {}

  /** The element's messenger; null while there is none. */
  get messenger() {
    return this.#messenger ?? null;
  }

  /**
   * Says something by an attribute; null takes it away.
   * @param {string} name
   * @param {string | null} value
   */
  tell(name, value) {
    this.truth[name] = value;
    if (this.getAttribute(name) !== value) {
      put(this, name, value);
    }
  }

  /** Draws anew, for another contact: nothing that is known of the one before holds. */
  redraw() {
    const { messenger } = /** @type {Scope} */ (this.#scope);
    this.#release();
    this.#lastKnown?.remove();
    this.#lastKnown = undefined;
    if (!(/** @type {DrawnClass & Function} */ (this.constructor).stateless)) {
      // Nothing has changed about anybody, so nobody is told.
      this.#status = 0;
      this.#show(...UNKNOWN);
      this.#showLastKnown();
    }
    if (messenger) {
      this.#mount(messenger);
    }
  }

  /**
   * Says once what is wrong with the page, and marks the element.
   * @param {string} message
   */
  complain(message) {
    this.setAttribute("error", "E_INVALIDARG");
    if (!this.#complained.has(message)) {
      this.#complained.add(message);
      console.error(`mistatus: <${this.localName}> ${message}`, this);
    }
  }

  #start() {
    const scope = scopeOf(this);
    if (this.#started && scope === this.#scope) {
      // Only moved, perhaps to where another language is spoken.
      this.changed("lang");
      return;
    }
    this.#stop();
    adoptStyles(this.#root);
    this.#started = true;
    this.#scope = scope;
    this.#showLastKnown();
    this.started();
    this.#unsubscribe = scope.subscribe((messenger, error) => this.#use(messenger, error));
  }

  #stop() {
    this.#unsubscribe?.();
    if (this.#started) {
      this.stopped();
    }
    this.#started = false;
    this.#release();
    this.#lastKnown?.remove();
    this.#lastKnown = undefined;
    this.#showFallback();
  }

  /**
   * @param {Messenger | null} messenger
   * @param {unknown} error
   */
  #use(messenger, error) {
    if (messenger && messenger !== this.#messenger) {
      this.removeAttribute("error");
      this.#mount(messenger);
      this.detach = this.attached(messenger);
    } else if (!messenger && this.#messenger) {
      // The next one may be somebody else's.
      this.redraw();
    }
    if (error) {
      this.setAttribute(
        "error",
        /** @type {MessengerError} */ (error).reason ?? /** @type {MessengerError} */ (error).code ?? "E_FAIL",
      );
    }
  }

  /** @param {Messenger} messenger */
  #mount(messenger) {
    this.#release();
    this.#messenger = messenger;
    const drawing = {
      ...this.drawing(),
      arrived: () => this.#arrived(),
      uncover: () => this.#dropLastKnown(),
      truth: this.truth,
      complain: (/** @type {string} */ message) => this.complain(message),
      failed: (/** @type {MessengerError} */ error) => this.setAttribute("error", /** @type {string} */ (error.reason)),
    };
    this.#mounted = messenger[MOUNT](this.#root, drawing, (status, kebab, stale) => this.#shown(status, kebab, stale));
    this.mounted(this.#mounted);
  }

  // What is drawn takes the place of the fallback; nothing that was to be loaded is missing any more.
  #arrived() {
    this.#root.querySelector("slot")?.remove();
    if (this.getAttribute("error") === "load") {
      this.removeAttribute("error");
    }
  }

  /**
   * @param {number} status
   * @param {string} kebab
   * @param {boolean} stale
   */
  #shown(status, kebab, stale) {
    this.#live = [status, kebab, stale];
    if (status !== 0) {
      this.#dropLastKnown();
    }
    if (!this.#lastKnown) {
      this.#show(status, kebab, stale);
    }
  }

  // Uncovers what is drawn under it.
  #dropLastKnown() {
    if (this.#lastKnown) {
      this.#lastKnown.remove();
      this.#lastKnown = undefined;
      if (!this.#live) {
        this.#showFallback();
        this.#showUnknown();
      }
      this.#show(...(this.#live ?? UNKNOWN));
    }
  }

  #release() {
    this.detach?.();
    this.detach = undefined;
    this.#messenger = undefined;
    if (this.#mounted) {
      this.#mounted.unmount();
      this.#mounted = undefined;
      this.#live = undefined;
      this.#showFallback();
    }
  }

  /**
   * @param {number} status
   * @param {string} kebab
   * @param {boolean} stale
   */
  #show(status, kebab, stale) {
    const previous = this.#status;
    this.#status = status;
    this.#stale = stale;
    this.tell("status", kebab);
    this.tell("stale", stale ? "" : null);
    if (previous !== status) {
      const contact = this.getAttribute("contact");
      // Never while the WebAssembly draws: a handler may call back into it.
      queueMicrotask(() => contact === this.getAttribute("contact") && this.statusChanged(previous, status));
    }
  }

  /**
   * Called after the status changed.
   * @param {number} _previous
   * @param {number} _status
   */
  statusChanged(_previous, _status) {}

  #showFallback() {
    if (!this.#root.querySelector("slot")) {
      this.#root.append(document.createElement("slot"));
    }
  }

  #showLastKnown() {
    const last = recall(/** @type {Scope} */ (this.#scope).key, this.getAttribute("contact") ?? "");
    if (/** @type {DrawnClass & Function} */ (this.constructor).stateless || typeof last?.kebab !== "string") {
      this.#showUnknown();
      return;
    }
    this.#status = Number(last.status) || 0;
    this.#show(this.#status, last.kebab, true);
    const box = drawLastKnown(
      { .../** @type {LastKnown & { kebab: string }} */ (last), text: String(last.text ?? "") },
      this.getAttribute("label"),
      this.getAttribute("size"),
    );
    this.#lastKnown = box;
    this.#root.prepend(box);
    this.#root.querySelector("slot")?.remove();
    setTimeout(() => box === this.#lastKnown && this.#dropLastKnown(), last.until - Date.now());
  }

  #showUnknown() {
    const { hasDot, stateless } = /** @type {DrawnClass & Function} */ (this.constructor);
    if (!stateless) {
      // Not what stands there: it may be a copy's, out of a page's cache.
      this.tell("status", this.truth.status ?? "unknown");
    }
    if (hasDot) {
      // Seen where the page gave no text of its own to be shown until then.
      this.#root.querySelector("slot")?.replaceChildren(drawUnknown(this.getAttribute("size")));
    }
  }
}

/**
 * A node on the way up: an element with a language, a shadow root with a host, or neither.
 * @typedef {Node & { lang?: string, assignedSlot?: Element | null, host?: Element }} Ancestor
 */

/**
 * Returns the language for an element: of the nearest `lang`, of the script tag, of the page, of the browser.
 * @param {Element} element
 */
export function languageOf(element) {
  for (
    let node = /** @type {Ancestor | null | undefined} */ (element);
    node;
    node = node.assignedSlot ?? node.parentNode ?? node.host
  ) {
    if (node !== document.documentElement && node.lang) {
      return node.lang;
    }
  }
  return pageLanguage();
}

/**
 * Gives properties that were set before the element was defined to its accessors.
 * @param {object} element
 */
export function upgradeProperties(element) {
  const properties = /** @type {Record<string, unknown>} */ (element);
  for (const name of /** @type {DrawnClass & Function} */ (element.constructor).upgradable ?? []) {
    if (Object.hasOwn(properties, name)) {
      const value = properties[name];
      delete properties[name];
      properties[name] = value;
    }
  }
}

/**
 * Returns of whom elements of a scope show something that is near the screen.
 * @param {Scope} scope
 * @returns {string[]}
 */
export function namesNear(scope) {
  const near = /** @type {(Element & { contact: string })[]} */ (nearElements());
  const elements = near.filter((element) => element.contact && scopeOf(element) === scope);
  return [...new Set(elements.map(({ contact }) => nameIn(contact)))];
}

/**
 * @param {Element} element
 * @returns {Scope}
 */
function scopeOf(element) {
  for (
    let node = /** @type {Ancestor | null | undefined} */ (element.parentNode);
    node;
    node = node.parentNode ?? node.host
  ) {
    if (node.mistatusScope) {
      return node.mistatusScope;
    }
  }
  return pageScope;
}
