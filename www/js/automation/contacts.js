// Contacts and collections of them as the automation API has them. Every answer comes from the client; nothing is kept
// here but which object stands for whom, and which contacts are tagged.

import { invalid, oneOf } from "./arguments.js";
import { Collection } from "./collection.js";
import { HRESULT } from "./constants.js";
import { fail, notImplemented, scripted, subjects } from "./desk.js";
import { presenceProperties, publish } from "./presence-properties.js";
import { SERVICE_ID, SERVICE_NAME } from "./service.js";
import { CONTACT_ACCESS, CONTACTS_ACCESS } from "./tables.js";

/** @import { Desk } from "./desk.js" */

/** Values of MCONTACTPROPERTY. */
const GROUPS = 0;
const EMAIL = 1;

/** A person; always the same object for the same person. Outlives the person's removal from the list. */
export class MessengerContact {
  static access = CONTACT_ACCESS;

  #desk;
  #key;

  /**
   * @param {Desk} desk
   * @param {string} key
   */
  constructor(desk, key) {
    this.#desk = desk;
    this.#key = key;
    subjects.set(this, { desk, key });
  }

  /** Whether the user has blocked this person; false while signed out. Setting starts: OnContactBlockChange tells. */
  get Blocked() {
    return this.#desk.client.isBlocked(this.#key);
  }

  set Blocked(blocked) {
    if (!(/** @type {unknown[]} */ ([true, false, 0, -1]).includes(blocked))) {
      throw fail(HRESULT.DISP_E_BADVARTYPE, "Blocked is true or false");
    }
    this.#desk.needSignin(HRESULT.E_FAIL);
    if (this.#desk.client.isBlocked(this.#key) === Boolean(blocked)) {
      this.#desk.nothingDone();
      return;
    }
    this.#desk.client.setBlocked(this.#key, Boolean(blocked));
  }

  /** Always false: there is no paging. */
  get CanPage() {
    return false;
  }

  /** Display name, or the sign-in name where none is known. */
  get FriendlyName() {
    return this.#desk.client.contactFriendlyName(this.#key);
  }

  /** Whether this is the user who is signed in. */
  get IsSelf() {
    return this.#desk.client.contactIsSelf(this.#key);
  }

  /**
   * Answers E_NOTIMPL: there are no telephone numbers.
   * @param {unknown} _type
   * @returns {never}
   */
  PhoneNumber(_type) {
    throw notImplemented("PhoneNumber");
  }

  /**
   * Returns the groups that the contact is in (0), or the e-mail address (1).
   * @param {number} property
   */
  Property(property) {
    oneOf([GROUPS, EMAIL], property, "MCONTACTPROPERTY");
    if (property === GROUPS) {
      return this.#desk.groupsOf(this.#key);
    }
    if (this.#desk.caller?.level === "page") {
      throw notImplemented("the address");
    }
    return this.#desk.client.contactSigninName(this.#key);
  }

  /**
   * Refused: properties of contacts cannot be set.
   * @param {unknown} _property
   * @param {unknown} _value
   * @returns {never}
   */
  setProperty(_property, _value) {
    throw invalid("properties of contacts cannot be set");
  }

  get ServiceID() {
    return SERVICE_ID;
  }

  get ServiceId() {
    return SERVICE_ID;
  }

  get ServiceName() {
    return SERVICE_NAME;
  }

  get SigninName() {
    return this.#desk.client.contactSigninName(this.#key);
  }

  /** MISTATUS as known now: never INVISIBLE, never a LOCAL_ value. */
  get Status() {
    return this.#desk.client.contactStatus(this.#key);
  }

  /** Whether the user marked this contact; known in this page only. */
  get IsTagged() {
    return this.#desk.tagged.has(this.#key);
  }

  set IsTagged(tagged) {
    this.#desk.tagged[tagged ? "add" : "delete"](this.#key);
  }

  /** Array indexed by PRESENCE_PROPERTY. Setting, on oneself only, publishes what is not null in it. */
  get PresenceProperties() {
    return presenceProperties(this.#desk.client, this.#key);
  }

  set PresenceProperties(values) {
    publish(this.#desk, this.#key, values);
  }
}

/** The objects of people, one each: weakly held, strongly while the person is on the list. */
export class ContactObjects {
  #desk;
  /** @type {Map<string, WeakRef<MessengerContact>>} */
  #weak = new Map();
  /** @type {Map<string, MessengerContact>} */
  #listed = new Map();
  #cleanup = new FinalizationRegistry((/** @type {string} */ key) => {
    if (this.#weak.get(key)?.deref() === undefined) {
      this.#weak.delete(key);
    }
  });

  /** @param {Desk} desk */
  constructor(desk) {
    this.#desk = desk;
  }

  /**
   * Returns the object of a person.
   * @param {string} key
   */
  of(key) {
    let contact = this.#weak.get(key)?.deref();
    if (!contact) {
      contact = new MessengerContact(this.#desk, key);
      this.#weak.set(key, new WeakRef(contact));
      this.#cleanup.register(contact, key);
    }
    return contact;
  }

  /** Returns the keys of those who have an object. */
  keys() {
    return this.#weak.keys();
  }

  /**
   * Returns the object of a person on the list, and keeps it.
   * @param {string} key
   */
  listed(key) {
    const contact = this.of(key);
    this.#listed.set(key, contact);
    return contact;
  }

  /**
   * Lets go of a person who left the list.
   * @param {string} key
   */
  unlist(key) {
    this.#listed.delete(key);
  }
}

/**
 * The people in a collection, by their keys.
 *
 * @typedef {object} People
 * @property {() => string[]} keys
 * @property {() => number} [count]
 * @property {(index: number) => string | undefined} [at]
 * @property {(key: string) => boolean} has
 */

/**
 * A live collection of contacts: the list, a group, or who takes part in a conversation.
 * @extends {Collection<MessengerContact>}
 */
export class MessengerContacts extends Collection {
  static access = CONTACTS_ACCESS;

  #desk;
  #has;

  /**
   * @param {Desk} desk
   * @param {People} people
   */
  constructor(desk, { keys, count = () => keys().length, at = (index) => keys()[index], has }) {
    const object = (/** @type {string} */ key) =>
      desk.client.isListed(key) ? desk.contacts.listed(key) : desk.contacts.of(key);
    super({ count, at: (index) => object(/** @type {string} */ (at(index))), all: () => keys().map(object) });
    this.#desk = desk;
    this.#has = has;
    subjects.set(this, { desk });
  }

  /**
   * Asks the server to take a contact off the list; the verdict arrives in OnContactListRemove.
   * @param {unknown} contact
   */
  Remove(contact) {
    if (contact === null || contact === undefined) {
      throw fail(HRESULT.E_POINTER, "Remove takes a contact; it was given none");
    }
    const subject = subjects.get(contact);
    if (subject?.key === undefined) {
      throw invalid("Remove takes a contact");
    }
    if (subject.desk !== this.#desk || !this.#has(subject.key)) {
      throw fail(HRESULT.E_FAIL, "that contact is not in this collection, or cannot be removed from it");
    }
    this.#desk.client.removeContact(subject.key);
  }
}

scripted(MessengerContact);
scripted(MessengerContacts);
