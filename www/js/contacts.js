// Contacts and the contact list as the automation API has them. Every answer comes from the client; nothing is kept here
// but which object stands for whom.

import { HRESULT } from "./constants.js";
import { MessengerError } from "./errors.js";
import { SERVICE_ID, SERVICE_NAME } from "./service.js";

/** Tells whom a contact object stands for, and for which client. */
export const identities = new WeakMap();

/** Stands for one person; the same object for the same person. Survives removal from the list. */
export class MessengerContact {
  #client;
  #key;

  constructor(client, key) {
    this.#client = client;
    this.#key = key;
    identities.set(this, { client, key });
  }

  /** MISTATUS as known now: never INVISIBLE, never a LOCAL_ value. */
  get Status() {
    return this.#client.contactStatus(this.#key);
  }

  /** Display name, or the sign-in name where none is known. */
  get FriendlyName() {
    return this.#client.contactFriendlyName(this.#key);
  }

  get SigninName() {
    return this.#client.contactSigninName(this.#key);
  }

  /** Whether this is the user who is signed in. */
  get IsSelf() {
    return this.#client.contactIsSelf(this.#key);
  }

  get ServiceId() {
    return SERVICE_ID;
  }

  get ServiceName() {
    return SERVICE_NAME;
  }
}

// The documentation and the type library spell it differently.
Object.defineProperty(
  MessengerContact.prototype,
  "ServiceID",
  Object.getOwnPropertyDescriptor(MessengerContact.prototype, "ServiceId"),
);

/** Gives out one object a person: weakly held, strongly while the person is on the list. */
export class ContactObjects {
  #client;
  #weak = new Map();
  #listed = new Map();
  #cleanup = new FinalizationRegistry((key) => {
    if (this.#weak.get(key)?.deref() === undefined) {
      this.#weak.delete(key);
    }
  });

  constructor(client) {
    this.#client = client;
  }

  /** Returns the object of a person. */
  of(key) {
    let contact = this.#weak.get(key)?.deref();
    if (!contact) {
      contact = new MessengerContact(this.#client, key);
      this.#weak.set(key, new WeakRef(contact));
      this.#cleanup.register(contact, key);
    }
    return contact;
  }

  /** Returns the object of a person on the list, and keeps it. */
  listed(key) {
    const contact = this.of(key);
    this.#listed.set(key, contact);
    return contact;
  }

  /** Lets go of a person who left the list. */
  unlist(key) {
    this.#listed.delete(key);
  }
}

/** Is the live contact list. Without anybody while signed out. */
export class MessengerContacts {
  #client;
  #objects;

  constructor(client, objects) {
    this.#client = client;
    this.#objects = objects;
  }

  get Count() {
    return this.#client.contactKeys().length;
  }

  /** Returns the contact at a zero-based index. */
  Item(index) {
    if (!Number.isInteger(index) || index < 0) {
      throw new MessengerError(HRESULT.E_INVALIDARG, `Item takes an integer from 0 on; it was given ${String(index)}`);
    }
    const listed = this.#client.contactKeys();
    if (index >= listed.length) {
      throw new MessengerError(HRESULT.E_FAIL, `there is no Item(${index}): the list has ${listed.length} contacts`);
    }
    return this.#objects.listed(listed[index]);
  }

  /** Asks the server to take a contact off the list; the verdict arrives in OnContactListRemove. */
  Remove(contact) {
    if (contact === null || contact === undefined) {
      throw new MessengerError(HRESULT.E_POINTER, "Remove takes a contact; it was given none");
    }
    const known = identities.get(contact);
    if (known?.client !== this.#client) {
      throw new MessengerError(HRESULT.E_INVALIDARG, "Remove takes a contact of this messenger");
    }
    this.#client.removeContact(known.key);
  }

  /** Goes through a copy taken now. */
  [Symbol.iterator]() {
    return this.#client
      .contactKeys()
      .map((key) => this.#objects.listed(key))
      .values();
  }
}
