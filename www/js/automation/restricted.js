// The same objects for other people's scripts: with the members that the documentation calls scriptable at a level of
// trust, and E_NOTIMPL for the rest (§1.5). The rules stand beside each class, as its `access`.

import { HRESULT } from "./constants.js";
import { fail, MEMBER, notImplemented, subjects } from "./desk.js";
import { defineHandlers, eventName, tell } from "./events.js";
import { PAGE_EVENTS } from "./tables.js";

/**
 * @import { Desk } from "./desk.js"
 * @import { EventName } from "./tables.js"
 * @import { Messenger } from "./messenger.js"
 */

/**
 * A class of the automation API, with the members that are for each level of trust.
 * @typedef {{ prototype: object, access: Partial<Record<"page" | "get" | "trusted" | "grant", string>> }} RestrictableClass
 */

/**
 * The members of an object, by names that are known at run time only.
 * @typedef {Record<string, unknown>} Members
 */

/**
 * The subject of each restricted object. Scripts may ask with anything.
 * @type {{ get(object: unknown): { viewer: Viewer, target: object } | undefined, set(object: object, seen: { viewer: Viewer, target: object }): unknown }}
 */
const seen = new WeakMap();

/**
 * Restricted prototypes, by the class they restrict.
 * @type {Map<Function, object>}
 */
const prototypes = new Map();

const MINUTE_MS = 60_000;

/** A view of one messenger at one level of trust: makes the restricted objects and keeps track of them. */
export class Viewer {
  #desk;
  /** @type {WeakMap<object, object>} */
  #objects = new WeakMap();
  /** @type {number[]} */
  #sent = [];

  /** HRESULT of the last call that came this way. */
  last = HRESULT.S_OK;

  /**
   * @param {Desk} desk
   * @param {"page" | "trusted"} level
   * @param {boolean} sendText whether conversations may be written to
   */
  constructor(desk, level, sendText) {
    this.#desk = desk;
    this.level = level;
    this.sendText = sendText;
    this.root = new RestrictedMessenger(this, desk.messenger);
    this.#objects.set(desk.messenger, this.root);
  }

  /**
   * Whether a member may be used for this.
   * @param {RestrictableClass} Class
   * @param {string} name
   * @param {boolean} putting
   */
  allows(Class, name, putting) {
    const { page = "", get = "", trusted = "", grant = "" } = Class.access;
    const has = (/** @type {string} */ names) => names.split(" ").includes(name);
    return (
      has(page) ||
      (has(get) && (!putting || this.level === "trusted")) ||
      (this.level === "trusted" && (has(trusted) || (this.sendText && has(grant))))
    );
  }

  /**
   * Uses a member on behalf of a script.
   * @param {() => unknown} act
   */
  call(act) {
    const desk = this.#desk;
    const outer = desk.caller;
    desk.caller = this;
    try {
      return this.outside(act());
    } finally {
      desk.caller = outer;
      this.last = desk.last;
    }
  }

  /**
   * Makes the error of a member that is not for this level.
   * @param {string} name
   */
  refuse(name) {
    this.last = HRESULT.E_NOTIMPL;
    return notImplemented(`${name}, at this level of trust,`);
  }

  /**
   * Returns what a script gets to see of a value.
   * @param {unknown} value
   * @returns {unknown}
   */
  outside(value) {
    if (typeof value !== "object" || value === null) {
      return value;
    }
    if (!subjects.has(value)) {
      const iterator = /** @type {Partial<IterableIterator<unknown>>} */ (value);
      return typeof iterator.next === "function"
        ? mapped(/** @type {IterableIterator<unknown>} */ (value), (item) => this.outside(item))
        : value;
    }
    let object = this.#objects.get(value);
    if (!object) {
      object = /** @type {object} */ (
        Object.create(restricted(/** @type {RestrictableClass & Function} */ (value.constructor)))
      );
      seen.set(object, { viewer: this, target: value });
      this.#objects.set(value, object);
    }
    return object;
  }

  /**
   * Tells an event to a script, where it is one for this level.
   * @param {EventName} name
   * @param {unknown[]} values
   */
  hear(name, values) {
    if (this.level === "trusted" || PAGE_EVENTS.includes(name)) {
      tell(
        this.root,
        name,
        values.map((value) => this.outside(value)),
      );
    }
  }

  /**
   * Counts a message; false if that is one too many for a minute.
   * @param {number} most
   */
  mayWrite(most) {
    const now = performance.now();
    this.#sent = this.#sent.filter((at) => now - at < MINUTE_MS);
    return this.#sent.length < most && this.#sent.push(now) > 0;
  }
}

/** The root object that third-party scripts get. */
class RestrictedMessenger extends EventTarget {
  #viewer;

  /**
   * @param {Viewer} viewer
   * @param {Messenger} target
   */
  constructor(viewer, target) {
    super();
    this.#viewer = viewer;
    seen.set(this, { viewer, target });
    // Defined here, where the class of the messenger is known, once.
    if (!prototypes.has(target.constructor)) {
      prototypes.set(target.constructor, RestrictedMessenger.prototype);
      restrict(RestrictedMessenger.prototype, /** @type {typeof Messenger} */ (target.constructor));
    }
  }

  /** HRESULT of the last call through this object. */
  get lastHResult() {
    return this.#viewer.last;
  }

  /**
   * @param {string} type
   * @param {EventListenerOrEventListenerObject | null} listener
   * @param {boolean | AddEventListenerOptions} [options]
   */
  addEventListener(type, listener, options) {
    super.addEventListener(eventName(type), listener, options);
  }

  /**
   * @param {string} type
   * @param {EventListenerOrEventListenerObject | null} listener
   * @param {boolean | AddEventListenerOptions} [options]
   */
  removeEventListener(type, listener, options) {
    super.removeEventListener(eventName(type), listener, options);
  }
}

defineHandlers(RestrictedMessenger.prototype);

/** @param {RestrictableClass & Function} Class */
function restricted(Class) {
  let prototype = prototypes.get(Class);
  if (!prototype) {
    prototype = {};
    prototypes.set(Class, prototype);
    restrict(prototype, Class);
  }
  return prototype;
}

/**
 * @param {object} prototype
 * @param {RestrictableClass} Class
 */
function restrict(prototype, Class) {
  for (
    let from = Class.prototype;
    from && from !== EventTarget.prototype && from !== Object.prototype;
    from = Object.getPrototypeOf(from)
  ) {
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(from))) {
      const known = MEMBER.test(name);
      if (known && !Object.hasOwn(prototype, name)) {
        Object.defineProperty(prototype, name, member(Class, name, descriptor));
      }
    }
  }
  if (Symbol.iterator in Class.prototype) {
    /** @type {{ [Symbol.iterator]?: () => unknown }} */ (prototype)[Symbol.iterator] = function () {
      return use(this, Class, "_NewEnum", false, (target) =>
        /** @type {Iterable<unknown>} */ (/** @type {unknown} */ (target))[Symbol.iterator](),
      );
    };
  }
}

/**
 * @param {RestrictableClass} Class
 * @param {string} name
 * @param {PropertyDescriptor} descriptor
 * @returns {PropertyDescriptor}
 */
function member(Class, name, { value, get, set }) {
  const shape = { configurable: true, enumerable: true };
  if (value) {
    const putting = name.startsWith("set");
    return {
      ...shape,
      /** @param {unknown[]} args */
      value(...args) {
        return use(this, Class, name, putting, (target) =>
          /** @type {Record<string, (...args: unknown[]) => unknown>} */ (target)[name](...args.map(inside)),
        );
      },
    };
  }
  return {
    ...shape,
    get:
      get &&
      /** @this {object} */
      function () {
        return use(this, Class, name, false, (target) => target[name]);
      },
    set:
      set &&
      /**
       * @this {object}
       * @param {unknown} put
       */
      function (put) {
        use(this, Class, name, true, (target) => {
          target[name] = inside(put);
        });
      },
  };
}

/**
 * @param {unknown} object
 * @param {RestrictableClass} Class
 * @param {string} name
 * @param {boolean} putting
 * @param {(target: Members) => unknown} act
 */
function use(object, Class, name, putting, act) {
  const found = seen.get(object);
  if (!found) {
    throw fail(HRESULT.E_FAIL, "this is no object of a messenger");
  }
  if (!found.viewer.allows(Class, name, putting)) {
    throw found.viewer.refuse(name);
  }
  return found.viewer.call(() => act(/** @type {Members} */ (found.target)));
}

// What a script passes in: its own objects become those they stand for.
/**
 * @param {unknown} value
 * @returns {unknown}
 */
function inside(value) {
  if (Array.isArray(value)) {
    return value.map(inside);
  }
  return seen.get(value)?.target ?? value;
}

/**
 * @param {Iterable<unknown>} values
 * @param {(value: unknown) => unknown} map
 */
function* mapped(values, map) {
  for (const value of values) {
    yield map(value);
  }
}
