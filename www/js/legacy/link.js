// The way from old pages to the page's messenger: who it is, whether it is there yet, and what waits for it.

import { callHandler, report } from "../automation/events.js";
import { recall } from "../elements/last-known.js";
import { notSignedIn } from "./errors.js";
import { EVENTS } from "./names.js";

/**
 * @import { Messenger } from "../automation/messenger.js"
 * @import { LastKnown } from "../elements/last-known.js"
 */

// More calls than any page makes before it is signed in; what comes after that is not kept.
const WAITING_MAX = 10_000;

/** @param {number} status */
const isOnline = (status) => (status & 2) !== 0;

/** @typedef {(callback: (messenger: Messenger | null, error?: unknown) => void) => void} Subscribe */

/** @typedef {Event & { args: unknown[], currentStatus?: number }} AutomationEvent */

/** @typedef {(name: string, args: unknown[], event: AutomationEvent) => void} EventSink */

/** The link to the messenger of a page. It is "ready" from the messenger's first sign-in on. */
export class Link {
  #subscribe;
  #owner;
  /** @type {Map<string, LastKnown & { until: number }>} */
  #recalled = new Map();
  #connected = false;
  /** @type {Messenger | null} */
  #messenger = null;
  #ready = false;
  #hasFailed = false;
  /** @type {((messenger: Messenger) => void)[]} */
  #waiting = [];
  /** @type {Set<EventSink>} */
  #sinks = new Set();
  /** @type {Set<(messenger: Messenger) => void>} */
  #watchers = new Set();

  /**
   * @param {Subscribe} subscribe tells which messenger, or why there is none, now and later
   * @param {() => string} owner returns whose page it is, as `ownerOf` of last-known.js does
   */
  constructor(subscribe, owner) {
    this.#subscribe = subscribe;
    this.#owner = owner;
  }

  /** The messenger; null until it is there. */
  get messenger() {
    return this.#messenger;
  }

  /** Whether somebody has been signed in. */
  get ready() {
    return this.#ready;
  }

  /** Whether nobody is signed in after an attempt that failed: the next one may be far away. */
  get hasFailed() {
    return this.#hasFailed;
  }

  /**
   * Returns what this tab last knew of somebody, for as long as that may stand for the present.
   * @param {string} [name] nobody's is the user's own
   */
  recall(name = "") {
    const key = name.toLowerCase();
    let known = this.#recalled.get(key);
    if (!known) {
      const owner = this.#owner();
      known = recall(owner, owner.endsWith(` ${key}`) ? "" : key);
      if (known) {
        // It is cleared when the user is signed in, and everybody else is told of only then.
        this.#recalled.set(key, known);
      }
    }
    return known && Date.now() < known.until ? known : undefined;
  }

  /** Opens the messenger, unless that has been done. */
  connect() {
    if (!this.#connected) {
      this.#connected = true;
      this.#subscribe((messenger, error) => {
        if (messenger !== this.#messenger) {
          this.#use(messenger);
        }
        if (error) {
          this.#fail(messenger);
        }
      });
    }
  }

  /**
   * Calls back with each messenger when it is ready: at once if there is one.
   * @param {(messenger: Messenger) => void} callback
   */
  whenReady(callback) {
    this.#watchers.add(callback);
    if (this.#ready) {
      callback(/** @type {Messenger} */ (this.#messenger));
    }
  }

  /**
   * Does something as soon as the messenger is ready, or an attempt to sign in has failed.
   * @param {(messenger: Messenger) => void} action
   */
  later(action) {
    if (this.#waiting.length < WAITING_MAX) {
      this.#waiting.push(action);
    }
  }

  /**
   * Tells a function each event of the messenger: its name and its arguments, and the event.
   * @param {EventSink} sink
   */
  listen(sink) {
    this.#sinks.add(sink);
  }

  /** @param {Messenger | null} messenger */
  #use(messenger) {
    this.#messenger = messenger;
    this.#ready = false;
    this.#hasFailed = false;
    if (!messenger) {
      return;
    }
    for (const name of EVENTS) {
      messenger.addEventListener(name, (event) => this.#heard(messenger, name, /** @type {AutomationEvent} */ (event)));
    }
    if (isOnline(messenger.MyStatus)) {
      this.#becomeReady(messenger);
    }
    messenger.signedIn.then(
      () => this.#becomeReady(messenger),
      () => this.#fail(messenger),
    );
  }

  /**
   * @param {Messenger} messenger
   * @param {string} name
   * @param {AutomationEvent} event
   */
  #heard(messenger, name, event) {
    if (messenger !== this.#messenger) {
      return;
    }
    if (name === "OnSignout" || /** @type {number} */ (event.args[0]) < 0) {
      // What still holds is kept for the page, and found there again.
      this.#recalled.clear();
    }
    // Signed in at a later try than the first.
    if (
      name === "OnMyStatusChange" &&
      /** @type {number} */ (event.args[0]) >= 0 &&
      isOnline(/** @type {number} */ (event.args[1]))
    ) {
      this.#becomeReady(messenger);
    }
    for (const sink of [...this.#sinks]) {
      callHandler(sink, undefined, [name, event.args, event]);
    }
  }

  /** @param {Messenger} messenger */
  #becomeReady(messenger) {
    if (this.#ready || messenger !== this.#messenger) {
      return;
    }
    this.#ready = true;
    this.#hasFailed = false;
    for (const watcher of [...this.#watchers]) {
      callHandler(watcher, undefined, [messenger]);
    }
    this.#release((action) => action(messenger));
  }

  // What waits has waited long enough: the messenger says of each call what becomes of it.
  /** @param {Messenger | null} messenger */
  #fail(messenger) {
    if (this.#ready || messenger !== this.#messenger) {
      return;
    }
    this.#hasFailed = true;
    this.#release((action) => {
      if (!messenger) {
        throw notSignedIn();
      }
      action(messenger);
    });
  }

  /** @param {(action: (messenger: Messenger) => void) => void} run */
  #release(run) {
    for (const action of this.#waiting.splice(0)) {
      try {
        run(action);
      } catch (error) {
        // The call itself is long over: its error goes where uncaught ones go.
        report(error);
      }
    }
  }
}
