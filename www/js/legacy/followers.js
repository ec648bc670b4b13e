// Whom the name controls of a page follow: one entry a person, however often and by however many they are named.
// Asks the messenger a few at a time, so that a page may name thousands in one loop.

import { SERVICE_ID } from "../automation/service.js";
import { LEARN } from "../loading/core.js";
import { NAME_MAX } from "./arguments.js";
import { NAME_OFFLINE, nameNumber, nameNumberOf } from "./statuses.js";

/**
 * @import { Messenger } from "../automation/messenger.js"
 * @import { MessengerContact } from "../automation/contacts.js"
 * @import { LastKnown } from "../elements/last-known.js"
 * @import { Link } from "./link.js"
 */

// How long one turn may take, in milliseconds: half a frame.
const TURN_MS = 8;

const UNKNOWN = 0;

// What `explain` calls it as long as the server has not had its say.
const AWAITED = new Set(["not-told-yet", "settling", "signed-out"]);

/**
 * A queue of work done one item after the other, in tasks so short that the page does not miss a frame.
 * @template Item
 */
export class Turns {
  /** @type {Item[]} */
  #queue = [];
  /** @type {MessageChannel | undefined} */
  #channel;
  #scheduled = false;
  #spent = 0;
  #work;

  /** @param {(item: Item) => void} work */
  constructor(work) {
    this.#work = work;
  }

  /** @param {Item} item */
  add(item) {
    this.#queue.push(item);
    this.#schedule();
  }

  /**
   * Does it at once while this task has time for it, else in a later one.
   * @param {Item} item
   */
  soon(item) {
    if (this.#queue.length > 0 || this.#spent >= TURN_MS) {
      this.add(item);
      return;
    }
    const start = performance.now();
    this.#work(item);
    this.#spent += performance.now() - start;
    this.#schedule();
  }

  #schedule() {
    if (!this.#scheduled) {
      this.#scheduled = true;
      // Not before there is work: documents of test runners have no channels, and install this.
      if (!this.#channel) {
        this.#channel = new MessageChannel();
        this.#channel.port1.onmessage = () => this.#turn();
      }
      this.#channel.port2.postMessage(null);
    }
  }

  #turn() {
    this.#scheduled = false;
    this.#spent = 0;
    const items = this.#queue;
    this.#queue = [];
    const end = performance.now() + TURN_MS;
    let done = 0;
    while (done < items.length && performance.now() < end) {
      this.#work(items[done]);
      done += 1;
    }
    if (done < items.length) {
      // What came meanwhile comes after what was there.
      this.#queue = items.slice(done).concat(this.#queue);
      this.#schedule();
    }
  }
}

/** A person whose status was asked for. */
export class Followed {
  /** @type {MessengerContact | null} */
  contact = null;
  /** Whether the number is more than a guess. */
  told = false;
  #number = NAME_OFFLINE;
  #recall;
  /** @type {Set<(person: Followed) => void>} */
  #listeners = new Set();

  /**
   * @param {string} name
   * @param {() => LastKnown | undefined} recall returns what was last known of them
   */
  constructor(name, recall) {
    this.name = name;
    this.#recall = recall;
  }

  /** What a page is told: until it is more than a guess, what was last known. */
  get number() {
    return this.told ? this.#number : nameNumber(this.#recall()?.status ?? UNKNOWN);
  }

  set number(number) {
    this.#number = number;
  }

  /**
   * Calls back whenever there is something to tell.
   * @param {(person: Followed) => void} listener
   */
  subscribe(listener) {
    this.#listeners.add(listener);
  }

  tell() {
    for (const listener of [...this.#listeners]) {
      listener(this);
    }
  }
}

/** The people whose statuses are followed, through the messenger of a {@link Link}. */
export class Followers {
  #link;
  /** @type {Map<string, Followed>} */
  #people = new Map();
  /** @type {WeakMap<object, Followed>} */
  #byContact = new WeakMap();
  #asking = new Turns((/** @type {Followed} */ person) => this.#ask(person));
  // Who was asked about while nobody was signed in.
  /** @type {Set<Followed>} */
  #unasked = new Set();

  /** @param {Link} link */
  constructor(link) {
    this.#link = link;
    link.whenReady((messenger) => {
      messenger[LEARN]?.((contact) => this.#learn(this.#byContact.get(contact)));
      messenger.addEventListener("ContactBlockChange", ({ contact }) => this.#learn(this.#byContact.get(contact)));
      messenger.addEventListener("MyStatusChange", () => {
        this.#askAgain();
        this.#learn(this.#oneself(messenger));
      });
      for (const person of this.#people.values()) {
        person.contact = null;
        this.#asking.add(person);
      }
    });
  }

  /**
   * Returns a person, who is followed from now on. Names that are nobody's are offline.
   * @param {string} name
   */
  person(name) {
    const key = name.toLowerCase();
    // First: where somebody is signed in already, whoever is asked about next is answered for at once.
    this.#link.connect();
    let person = this.#people.get(key);
    if (!person) {
      person = new Followed(name, () => this.#link.recall(name));
      this.#people.set(key, person);
      // Who is known already, from the list for example, is answered for at once.
      this.#asking.soon(person);
    }
    return person;
  }

  /** @param {Followed} person */
  #ask(person) {
    const { messenger, ready } = this.#link;
    // What is longer is nobody's.
    if (person.name === "" || person.name.length > NAME_MAX) {
      settle(person, NAME_OFFLINE);
      return;
    }
    if (!ready || person.contact) {
      return;
    }
    try {
      person.contact = /** @type {Messenger} */ (messenger).GetContact(person.name, SERVICE_ID);
    } catch {
      settle(person, NAME_OFFLINE);
      return;
    }
    if (person.contact) {
      this.#byContact.set(person.contact, person);
      this.#learn(person);
    } else {
      this.#unasked.add(person);
    }
  }

  // The user, where a page follows them as well.
  /** @param {Messenger} messenger */
  #oneself(messenger) {
    try {
      return this.#people.get(messenger.MySigninName.toLowerCase());
    } catch {
      // Signed out.
      return undefined;
    }
  }

  #askAgain() {
    const people = [...this.#unasked];
    this.#unasked.clear();
    people.forEach((person) => this.#asking.add(person));
  }

  /** @param {Followed | undefined} person */
  #learn(person) {
    if (!person?.contact) {
      return;
    }
    const { messenger } = this.#link;
    const isAwaited =
      person.contact.Status === UNKNOWN &&
      AWAITED.has(/** @type {Messenger} */ (messenger).explain(person.contact).reason);
    if (!isAwaited || person.told) {
      settle(person, nameNumberOf(person.contact));
    }
  }
}

/**
 * @param {Followed} person
 * @param {number} number
 */
function settle(person, number) {
  if (!person.told || person.number !== number) {
    person.told = true;
    person.number = number;
    person.tell();
  }
}
