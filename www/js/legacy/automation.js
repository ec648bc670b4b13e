// The root object of old pages, Messenger.UIAutomation: a late-bound proxy of the page's messenger, there before it is.
// Holds no list of what the messenger can: it is asked. Only what a page is told before there is one stands here.

import { callHandler } from "../automation/events.js";
import { SERVICE_ID, SERVICE_NAME } from "../automation/service.js";
import { automationError, CODES, noMember } from "./errors.js";
import { isDocumentedMethod, isDocumentedProperty, memberOf, missing, proxy, put } from "./late-bound.js";
import { EVENTS } from "./names.js";

/**
 * @import { Handler } from "../automation/events.js"
 * @import { Messenger } from "../automation/messenger.js"
 * @import { BoundMembers, Face, LateBinding } from "./late-bound.js"
 * @import { AutomationEvent, Link } from "./link.js"
 */

const UNKNOWN = 0;
const OFFLINE = 1;

const eventNames = new Map(EVENTS.map((name) => [name.toLowerCase(), name]));
/** @typedef {"MyContacts" | "MyGroups" | "Services"} CollectionName */

/** @type {CollectionName[]} */
const COLLECTIONS = ["MyContacts", "MyGroups", "Services"];

// Whose first argument of this place may begin with "sip:", as Communicator's pages wrote people.
/** @type {Record<string, number>} */
const PERSON_ARGUMENT = { GetContact: 0, InstantMessage: 0, SendMail: 0, AddContact: 1 };

/**
 * Takes the scheme off an address of Communicator's.
 * @param {string} name
 */
export const withoutScheme = (name) => name.replace(/^\s*sips?:/i, "");

/** The stand-in for a collection until there is one. */
class EarlyCollection {
  get Count() {
    return 0;
  }

  /** @param {number} index */
  Item(index) {
    if (index < 0) {
      throw automationError(CODES.E_INVALIDARG, "Item takes a number from 0 on (E_INVALIDARG, 0x80070057)");
    }
    throw automationError(CODES.E_FAIL, "the list is empty, since nobody is signed in yet (E_FAIL, 0x80004005)");
  }

  [Symbol.iterator]() {
    return [].values();
  }
}

/** The stand-in for the services until there are some: the one that there will be. */
class EarlyServices {
  #service;

  /** @param {Face} service */
  constructor(service) {
    this.#service = service;
  }

  get Count() {
    return 1;
  }

  get PrimaryService() {
    return this.#service;
  }

  /** @param {number} index */
  Item(index) {
    if (index !== 0) {
      throw automationError(CODES.E_INVALIDARG, "there is one service, number 0 (E_INVALIDARG, 0x80070057)");
    }
    return this.#service;
  }

  [Symbol.iterator]() {
    return [this.#service].values();
  }
}

/** The stand-in for a contact until there is a messenger that knows it: says what was last known. */
class EarlyContact {
  #name;
  #link;

  /**
   * @param {string} name
   * @param {Link} link
   */
  constructor(name, link) {
    this.#name = name;
    this.#link = link;
  }

  get Status() {
    return this.#link.recall(this.#name)?.status ?? UNKNOWN;
  }

  get SigninName() {
    return this.#name;
  }

  get FriendlyName() {
    return this.#link.recall(this.#name)?.name ?? this.#name;
  }

  get IsSelf() {
    return this.#link.recall(this.#name)?.signinName !== undefined;
  }

  get ServiceId() {
    return SERVICE_ID;
  }

  get ServiceName() {
    return SERVICE_NAME;
  }
}

/** The factory of root objects that share one messenger, one mapping of statuses and the proxies of all contacts. */
export class AutomationFamily {
  #link;
  #binding;
  /** @type {Map<CollectionName, Face>} */
  #collections = new Map();
  /** @type {Map<string, { name: string, face: Face, become: (contact: object) => void }>} */
  #contacts = new Map();

  /**
   * @param {Link} link
   * @param {LateBinding} binding
   */
  constructor(link, binding) {
    this.#link = link;
    this.#binding = binding;
    link.whenReady((messenger) => this.#takeOver(messenger));
  }

  /**
   * Makes a root object with handlers of its own. Its events are also dispatched at `target`.
   * @param {EventTarget} [target]
   */
  create(target = new EventTarget()) {
    const sink = new Sink(target);
    /** @type {BoundMembers} */
    const bound = new Map();
    sink.root = proxy(
      (name) => sink.get(name) ?? this.#get(name, bound),
      (name, value) => sink.set(name, value) || this.#set(name, value),
    );
    this.#link.listen((name, args, event) => this.#tell(sink, name, args, event));
    this.#link.connect();
    return sink.root;
  }

  /**
   * @param {string} name
   * @param {BoundMembers} bound
   */
  #get(name, bound) {
    if (eventNames.has(name.toLowerCase())) {
      return null;
    }
    const { messenger, ready } = this.#link;
    return ready ? this.#read(/** @type {Messenger} */ (messenger), name, bound) : this.#early(messenger, name);
  }

  /**
   * @param {string} name
   * @param {unknown} value
   */
  #set(name, value) {
    const set = (/** @type {Messenger} */ messenger) => put(messenger, name, this.#binding.toMessenger(value));
    const { messenger, ready } = this.#link;
    if (ready) {
      set(/** @type {Messenger} */ (messenger));
    } else if (messenger ? memberOf(messenger, name) : isDocumentedProperty(name)) {
      this.#link.later(set);
    } else {
      throw noMember(name);
    }
  }

  /**
   * @param {Messenger} messenger
   * @param {string} name
   * @param {BoundMembers} bound
   */
  #read(messenger, name, bound) {
    const call = this.#binding.read(messenger, name, bound);
    const place = PERSON_ARGUMENT[/** @type {string} */ (memberOf(messenger, name))];
    if (place === undefined || typeof call !== "function") {
      return call;
    }
    return (/** @type {unknown[]} */ ...args) => {
      if (typeof args[place] === "string") {
        args[place] = withoutScheme(/** @type {string} */ (args[place]));
      }
      return call(...args);
    };
  }

  /**
   * @param {Messenger | null} messenger
   * @param {string} name
   */
  #early(messenger, name) {
    const lower = name.toLowerCase();
    if (lower === "getcontact") {
      return (/** @type {unknown} */ signinName) => this.#earlyContact(signinName);
    }
    const collection = COLLECTIONS.find((one) => one.toLowerCase() === lower);
    if (collection) {
      return this.#collection(collection);
    }
    if (isDocumentedMethod(name)) {
      return (/** @type {unknown[]} */ ...args) =>
        this.#link.later((there) =>
          /** @type {(...args: unknown[]) => unknown} */ (this.#read(there, name, new Map()))(...args),
        );
    }
    const me = this.#link.recall();
    switch (lower) {
      case "mystatus":
        return this.#binding.fold(me?.status ?? messenger?.MyStatus ?? OFFLINE);
      case "myserviceid":
        return SERVICE_ID;
      case "myservicename":
        return SERVICE_NAME;
      case "myfriendlyname":
        return me?.name ?? "";
      case "mysigninname":
        if (me) {
          return me.signinName;
        }
        throw automationError(CODES.MSGR_E_NOT_LOGGED_ON, "nobody is signed in yet (MSGR_E_NOT_LOGGED_ON, 0x8100031E)");
      default:
        // The rule for script: while signed out, what is returned is cleared.
        return isDocumentedProperty(name) ? undefined : missing(name);
    }
  }

  /** @param {CollectionName} name */
  #collection(name) {
    let face = this.#collections.get(name);
    if (!face) {
      const early = name === "Services" ? new EarlyServices(this.#service()) : new EarlyCollection();
      face = this.#binding.face(() => {
        const { messenger, ready } = this.#link;
        return (ready && /** @type {Messenger} */ (messenger)[name]) || early;
      });
      this.#collections.set(name, face);
    }
    return face;
  }

  // Before there is a messenger, the service is what the root object says of the user.
  #service() {
    const early = { ServiceId: SERVICE_ID, ServiceID: SERVICE_ID, ServiceName: SERVICE_NAME };
    for (const name of ["MyStatus", "MySigninName", "MyFriendlyName"]) {
      Object.defineProperty(early, name, { enumerable: true, get: () => this.#early(this.#link.messenger, name) });
    }
    return this.#binding.face(() => {
      const { messenger, ready } = this.#link;
      return ready ? /** @type {Messenger} */ (messenger).Services.PrimaryService : early;
    });
  }

  /** @param {unknown} signinName */
  #earlyContact(signinName) {
    if (signinName === null || signinName === undefined || signinName === "") {
      throw automationError(CODES.E_FAIL, "GetContact takes a sign-in name; it was given none (E_FAIL, 0x80004005)");
    }
    const name = withoutScheme(String(signinName));
    const key = name.toLowerCase();
    let known = this.#contacts.get(key);
    if (!known) {
      /** @type {object} */
      let object = new EarlyContact(name, this.#link);
      const become = (/** @type {object} */ contact) => (object = contact);
      known = { name, become, face: this.#binding.face(() => object) };
      this.#contacts.set(key, known);
    }
    return known.face;
  }

  // What pages got early is from now on the real thing.
  /** @param {Messenger} messenger */
  #takeOver(messenger) {
    for (const [name, face] of this.#collections) {
      const collection = memberOf(messenger, name) && messenger[name];
      if (typeof collection === "object" && collection !== null) {
        this.#binding.adopt(collection, face);
      }
    }
    for (const { name, face, become } of this.#contacts.values()) {
      try {
        const contact = messenger.GetContact(name, SERVICE_ID);
        if (contact) {
          this.#binding.adopt(contact, face);
          become(contact);
        }
      } catch {
        // No name of anybody: it stays what it was, unknown.
      }
    }
  }

  /**
   * @param {Sink} sink
   * @param {string} name
   * @param {unknown[]} args
   * @param {AutomationEvent} event
   */
  #tell(sink, name, args, { currentStatus }) {
    const values = args.map((value) => this.#binding.toPage(value));
    if (name === "OnMyStatusChange" || name === "OnContactStatusChange") {
      values[1] = this.#binding.fold(/** @type {number} */ (values[1]));
      if (currentStatus !== undefined && this.#binding.fold(currentStatus) === values[1]) {
        // Who cannot tell the two apart has not seen a change.
        return;
      }
    }
    sink.tell(name, values);
  }
}

/** The receivers of one root object's events: its handlers, and the listeners attached in either of two other ways. */
export class Sink {
  #target;
  /** @type {Map<string, Handler>} */
  #handlers = new Map();
  /** @type {Map<string, Set<unknown>>} */
  #attached = new Map();
  /** @type {Record<string, Function>} */
  #members;

  /** @param {EventTarget} target */
  constructor(target) {
    this.#target = target;
    this.#members = {
      addeventlistener: (
        /** @type {unknown} */ type,
        /** @type {EventListener} */ listener,
        /** @type {AddEventListenerOptions} */ options,
      ) => target.addEventListener(eventName(type), listener, options),
      removeeventlistener: (
        /** @type {unknown} */ type,
        /** @type {EventListener} */ listener,
        /** @type {EventListenerOptions} */ options,
      ) => target.removeEventListener(eventName(type), listener, options),
      attachevent: (/** @type {unknown} */ type, /** @type {unknown} */ listener) => {
        this.#listenersOf(type).add(listener);
        return true;
      },
      detachevent: (/** @type {unknown} */ type, /** @type {unknown} */ listener) => {
        this.#listenersOf(type).delete(listener);
      },
    };
  }

  /** @param {string} name */
  get(name) {
    const lower = name.toLowerCase();
    const handler = this.#handlers.get(/** @type {string} */ (eventNames.get(lower)));
    return handler ?? (Object.hasOwn(this.#members, lower) ? this.#members[lower] : undefined);
  }

  /**
   * Takes a handler; false where the name is not that of an event.
   * @param {string} name
   * @param {unknown} handler
   */
  set(name, handler) {
    const event = eventNames.get(name.toLowerCase());
    if (event && typeof handler === "function") {
      this.#handlers.set(event, /** @type {Handler} */ (handler));
    } else if (event) {
      this.#handlers.delete(event);
    }
    return event !== undefined;
  }

  /**
   * @param {string} name
   * @param {unknown[]} values
   */
  tell(name, values) {
    for (const handler of [this.#handlers.get(name), ...this.#listenersOf(name)]) {
      if (typeof handler === "function") {
        callHandler(/** @type {Handler} */ (handler), this.root, values);
      }
    }
    this.#target.dispatchEvent(Object.assign(new Event(name), { args: values }));
  }

  /**
   * @param {unknown} type
   * @returns {Set<unknown>}
   */
  #listenersOf(type) {
    const name = eventName(type);
    let listeners = this.#attached.get(name);
    if (!listeners) {
      listeners = new Set();
      this.#attached.set(name, listeners);
    }
    return listeners;
  }
}

/** @param {unknown} type */
const eventName = (type) => eventNames.get(String(type).toLowerCase()) ?? String(type);
