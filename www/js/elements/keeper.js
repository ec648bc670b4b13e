// Keeps what one messenger's user last saw of people, for the next page of this tab: see last-known.js. Forgets it, and has
// the elements forget it, as soon as that user is no longer there.

import { HRESULT } from "../automation/constants.js";
import { GRACE_MS, ownerOf, PREFIX } from "./last-known.js";

/**
 * @import { Client } from "../../../npm/generated/wasm/mistatus.js"
 * @import { LastKnown } from "./last-known.js"
 */

/** @typedef {() => [name: string, known: LastKnown]} Source */

// How long after the sign-in the answers about watched people may take, in milliseconds.
const ANSWER_MS = 3_000;

// More people than a page shows, and less than a storage holds.
const PEOPLE_MAX = 1_000;

// With these a sign-in failed for want of a server; all others are its word that this user is not to sign in.
/** @type {number[]} */
const PASSING = [
  HRESULT.MSGR_E_CONNECT,
  HRESULT.MSGR_E_DISCONNECTED,
  HRESULT.MSGR_E_LOGON_TIMEOUT,
  HRESULT.MSGR_E_SERVER_ERROR,
  HRESULT.MSGR_E_SERVER_SHUTDOWN,
  HRESULT.MSGR_E_SERVER_TOO_BUSY,
  HRESULT.MSGR_E_SERVER_UNAVAILABLE,
  HRESULT.MSGR_E_SESSION_TIMEOUT,
  HRESULT.MSGR_E_UNEXPECTED,
];

/** The memory of one messenger. */
export class Keeper {
  #client;
  #server;
  #keys;
  /**
   * Who is signed in; undefined while nobody is.
   * @type {string | undefined}
   */
  #user;
  /** The owner of what the elements show from before. */
  #expected;
  #isConnected = false;
  // When what is known was last true.
  #at = 0;
  /** @type {Set<Source>} */
  #sources = new Set();
  /** @type {Set<() => void>} */
  #covered = new Set();
  #write = () => this.#keep();
  #hidden = () => document.hidden && this.#keep();
  #timer = setTimeout(() => this.#user ?? this.#forget(), GRACE_MS);

  /**
   * @param {Client} client
   * @param {{ place?: string | URL, signinName?: string }} options of the messenger
   * @param {() => Iterable<string>} keys returns the keys of everybody of whom something may be known
   */
  constructor(client, { place, signinName }, keys) {
    this.#client = client;
    this.#server = place;
    this.#keys = keys;
    this.#expected = ownerOf(this.#server, signinName);
    addEventListener("pagehide", this.#write);
    document.addEventListener("visibilitychange", this.#hidden);
  }

  /**
   * Adds somebody who is shown.
   * @param {Source} source
   * @returns {() => void} ends it
   */
  add(source) {
    this.#sources.add(source);
    return () => this.#sources.delete(source);
  }

  /**
   * Calls back as soon as what was known before has nothing more to say for anybody.
   * @param {() => void} uncover
   */
  cover(uncover) {
    if (this.#user === undefined) {
      this.#covered.add(uncover);
    } else {
      setTimeout(uncover, ANSWER_MS);
    }
  }

  /**
   * Looks who is signed in, after an event that may have changed it; returns whether somebody else is than before, or nobody.
   * @param {number} [hr] of the event
   */
  look(hr = 0) {
    const before = this.#user;
    this.#user = signedInAs(this.#client);
    if (this.#isConnected || this.#client.isSignedIn) {
      this.#at = Date.now();
    }
    this.#isConnected = this.#client.isSignedIn;
    if (this.#user !== before || (this.#user === undefined && hr < 0 && !PASSING.includes(hr))) {
      // What the user has now is kept when the page is left; nothing else is left lying about.
      this.#forget();
    }
    return before !== undefined && this.#user !== before;
  }

  /** Ends it. */
  end() {
    clearTimeout(this.#timer);
    removeEventListener("pagehide", this.#write);
    document.removeEventListener("visibilitychange", this.#hidden);
    this.#forget();
  }

  #forget() {
    for (const key of storage((store) => Object.keys(store)) ?? []) {
      if (key.startsWith(PREFIX)) {
        storage((store) => store.removeItem(key));
      }
    }
    const isExpected = this.#user !== undefined && ownerOf(this.#server, this.#user) === this.#expected;
    for (const uncover of this.#covered) {
      setTimeout(uncover, isExpected ? ANSWER_MS : 0);
    }
    this.#covered.clear();
  }

  #keep() {
    if (this.#user !== undefined) {
      const at = this.#client.isSignedIn ? Date.now() : this.#at;
      const text = JSON.stringify([at, [...this.#people()]]);
      storage((store) => store.setItem(PREFIX + ownerOf(this.#server, this.#user), text));
    }
  }

  #people() {
    const client = this.#client;
    /** @type {Map<string, LastKnown>} */
    const people = new Map();
    people.set("", { status: client.myStatus, name: client.myFriendlyName, signinName: this.#user });
    for (const key of this.#keys()) {
      const status = client.contactStatus(key);
      if (status !== 0 && people.size < PEOPLE_MAX) {
        people.set(key, { status, name: client.contactFriendlyName(key) });
      }
    }
    for (const source of this.#sources) {
      const [name, known] = source();
      if (known.status !== 0) {
        const key = name.toLowerCase();
        people.set(key, { name: client.contactFriendlyName(name), ...people.get(key), ...known });
      }
    }
    return people;
  }
}

/** @param {Client} client */
function signedInAs(client) {
  try {
    return client.mySigninName;
  } catch {
    return undefined;
  }
}

// Storage may be switched off, full, or forbidden in a frame: each of them throws.
/**
 * @template Value
 * @param {(store: Storage) => Value} use
 */
function storage(use) {
  try {
    return use(sessionStorage);
  } catch {
    return null;
  }
}
