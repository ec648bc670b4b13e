// The root object of old pages, Messenger.UIAutomation: a late-bound proxy of the page's messenger, there before it is.
// Holds no list of what the messenger can: it is asked. Only what a page is told before there is one stands here.

import { callHandler } from "../automation/events.js";
import { SERVICE_ID, SERVICE_NAME } from "../automation/service.js";
import { checkPerson, personArgument, withoutScheme } from "./arguments.js";
import { CODES, failure, noMember, notSignedIn } from "./errors.js";
import { isDocumentedMethod, isDocumentedProperty, memberOf, missing, proxy, put } from "./late-bound.js";
import { EVENTS } from "./names.js";
import { EarlyCollection, EarlyContact, EarlyServices } from "./stand-ins.js";

/**
 * @import { Handler } from "../automation/events.js"
 * @import { Messenger } from "../automation/messenger.js"
 * @import { AutomationError } from "./errors.js"
 * @import { BoundMembers, Face, LateBinding } from "./late-bound.js"
 * @import { AutomationEvent, Link } from "./link.js"
 */

const OFFLINE = 1;

const eventNames = new Map(EVENTS.map((name) => [name.toLowerCase(), name]));
/** @typedef {"MyContacts" | "MyGroups" | "Services"} CollectionName */

/** @type {CollectionName[]} */
const COLLECTIONS = ["MyContacts", "MyGroups", "Services"];

/** What begins or ends a sign-in. */
const SIGNING = new Set(["signin", "autosignin", "signout"]);

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
      this.#begin(set);
    } else {
      throw noMember(name);
    }
  }

  // Does something at once where it can be told what is wrong with it, else as soon as somebody is signed in. After an
  // attempt that failed nobody may be, ever.
  /** @param {(messenger: Messenger) => unknown} action */
  #begin(action) {
    const { messenger, hasFailed } = this.#link;
    if (messenger) {
      try {
        return action(messenger);
      } catch (error) {
        // The arguments are checked first, and then who is signed in.
        if (hasFailed || /** @type {AutomationError} */ (error).number !== CODES.MSGR_E_NOT_LOGGED_ON) {
          throw error;
        }
      }
    } else if (hasFailed) {
      throw notSignedIn();
    }
    this.#link.later(action);
    return undefined;
  }

  /**
   * @param {Messenger} messenger
   * @param {string} name
   * @param {BoundMembers} bound
   */
  #read(messenger, name, bound) {
    const call = this.#binding.read(messenger, name, bound);
    const place = personArgument(memberOf(messenger, name));
    if (place === undefined || typeof call !== "function") {
      return call;
    }
    return (/** @type {unknown[]} */ ...args) => {
      const given = this.#binding.toMessenger(args[place]);
      if (given instanceof EarlyContact) {
        args[place] = given.SigninName;
      } else if (typeof given === "string") {
        args[place] = withoutScheme(given);
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
      return (/** @type {unknown[]} */ ...args) => this.#call(name, args);
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
        throw notSignedIn();
      default:
        // The rule for script: while signed out, what is returned is cleared.
        return isDocumentedProperty(name) ? undefined : missing(name);
    }
  }

  // What is called before somebody is signed in.
  /**
   * @param {string} name
   * @param {unknown[]} args
   */
  #call(name, args) {
    const call = (/** @type {Messenger} */ messenger) =>
      /** @type {(...args: unknown[]) => unknown} */ (this.#read(messenger, name, new Map()))(...args);
    const { messenger, hasFailed } = this.#link;
    if (!messenger) {
      checkPerson(name, args, (value) => this.#binding.toMessenger(value) !== value);
    } else if (!hasFailed && SIGNING.has(name.toLowerCase())) {
      // One attempt is on its way, and is not to be met by another one.
      this.#link.later(call);
      return undefined;
    }
    return this.#begin(call);
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
      throw failure("E_FAIL", "GetContact takes a sign-in name; it was given none");
    }
    checkPerson("GetContact", [signinName]);
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
