// Which messenger serves which element: the one of the nearest <mi-messenger>, else the page's.
// Must not touch the DOM at import time: it is imported in Node too.

/** @import { Messenger } from "../automation/messenger.js" */

const PAGE = Symbol.for("mistatus.page");

/** @typedef {(signal?: AbortSignal) => Promise<Messenger>} Opener */

/** @typedef {(messenger: Messenger | null, error: unknown) => void} Subscriber */

/** @typedef {readonly [tag: string, texts: Readonly<Record<string, string>>]} OwnTexts */

/**
 * One messenger, or the reason why there is none, which notifies everybody who needs it.
 * A messenger that is opened late, closed or replaced reaches its elements without their doing.
 */
export class Scope {
  /** @type {Set<Subscriber>} */
  #subscribers = new Set();
  /** @type {Messenger | null} */
  #messenger = null;
  /** @type {unknown} */
  #error = null;
  #opener;
  #generation = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retry;
  /** @type {AbortController | undefined} */
  #beginning;
  #adopted = false;
  #isOwn = false;

  /** The language that the page's script tag asks for, if it does. */
  language = "";

  /**
   * The page's own texts, in the order in which they are given; who draws them puts something in its place that listens.
   * @type {OwnTexts[]}
   */
  texts = [];

  /** Whose last known states are shown until there is a messenger; as `ownerOf` of last-known.js returns it. */
  key = "";

  /**
   * @param {Opener} [opener] makes the messenger, when somebody needs it first. What it
   *   begins before the messenger is there ends with the signal; a later attempt has none, and begins nothing
   */
  constructor(opener) {
    this.#opener = opener;
  }

  get messenger() {
    return this.#messenger;
  }

  get error() {
    return this.#error;
  }

  /**
   * Sets how a messenger is made, and forgets the one that was there, unless that is somebody else's.
   * @param {Opener} opener
   * @param {boolean} [isOwn] whether it is opened even without elements, and no other messenger takes its place
   */
  reopen(opener, isOwn = false) {
    this.#opener = opener;
    this.#isOwn = isOwn;
    if (!this.#adopted) {
      this.close();
      this.#reopen();
    }
  }

  #reopen() {
    if (this.#isOwn || this.#subscribers.size > 0) {
      this.open();
    }
  }

  /** Makes the messenger, unless there is one or one is on its way. */
  open() {
    if (this.#messenger || !this.#opener || this.opening) {
      return this.opening ?? Promise.resolve(this.#messenger);
    }
    const generation = ++this.#generation;
    this.#beginning = new AbortController();
    /** @type {(delay: number, signal?: AbortSignal) => Promise<Messenger | null>} */
    const attempt = async (delay, signal) => {
      try {
        const messenger = await /** @type {Opener} */ (this.#opener)(signal);
        if (generation !== this.#generation) {
          messenger.close();
          return null;
        }
        this.provide(messenger);
        return messenger;
      } catch (error) {
        if (generation === this.#generation) {
          this.#tell(null, error);
          // A file that did not come may come later; a policy or a wrong option does not heal by waiting.
          if (/** @type {{ reason?: unknown } | undefined} */ (error)?.reason === "load") {
            this.#retry = setTimeout(
              () => this.#await(attempt(Math.min(delay * 2, 60_000))),
              delay * (0.5 + Math.random() / 2),
            );
          }
        }
        throw error;
      }
    };
    return this.#await(attempt(2_000, this.#beginning.signal));
  }

  // Whoever asks for the messenger waits for the latest attempt.
  /** @param {Promise<Messenger | null>} attempt */
  #await(attempt) {
    this.opening = attempt;
    attempt.catch(() => {});
    return attempt;
  }

  /**
   * Takes a messenger that somebody else made, and will close.
   * @param {Messenger} messenger
   */
  provide(messenger) {
    this.#tell(messenger, null);
  }

  /**
   * Takes the first messenger that somebody else made, for as long as it lives, in the place of what was there.
   * @param {Messenger} messenger
   */
  adopt(messenger) {
    if (this.#adopted || this.#isOwn) {
      return;
    }
    this.close();
    this.#adopted = true;
    this.#tell(messenger, null);
    messenger.addEventListener("AppShutdown", () => {
      this.#adopted = false;
      this.#tell(null, null);
      if (this.#isOwn) {
        this.open();
      }
    });
  }

  /** Closes the messenger; elements show nothing more of it. */
  close() {
    this.#generation += 1;
    this.#beginning?.abort();
    clearTimeout(this.#retry);
    this.opening = undefined;
    const messenger = this.#messenger;
    this.#tell(null, null);
    messenger?.close();
  }

  /**
   * Calls back with the messenger as it is now and whenever it changes; opens it where nobody has.
   * @param {Subscriber} callback
   * @returns {() => void} ends it
   */
  subscribe(callback) {
    this.#subscribers.add(callback);
    callback(this.#messenger, this.#error);
    this.open();
    return () => this.#subscribers.delete(callback);
  }

  /**
   * @param {Messenger | null} messenger
   * @param {unknown} error
   */
  #tell(messenger, error) {
    if (this.#messenger === messenger && this.#error === error) {
      return;
    }
    this.#messenger = messenger;
    this.#error = error;
    for (const callback of [...this.#subscribers]) {
      try {
        callback(messenger, error);
      } catch (thrown) {
        // An element that cannot be drawn is no reason for others not to be, nor for the connection to have failed.
        reportError(thrown);
      }
    }
  }
}

const page = /** @type {{ [PAGE]?: Scope }} */ (/** @type {unknown} */ (globalThis));

/**
 * Serves every element that is in no <mi-messenger>. The same for all copies of the library in a page.
 * @type {Scope}
 */
export const pageScope = (page[PAGE] ??= new Scope());
