// Objects as late binding showed them: letter case never matters, and what is not there fails as it did.
// Which members there are, the object itself says; only the PascalCase ones are of the automation API.

import { attempt, CODES, noMember } from "./errors.js";
import { METHODS, PROPERTIES } from "./names.js";

/** @import { AutomationError } from "./errors.js" */

const documentedMethods = new Set(METHODS.map((name) => name.toLowerCase()));
const documentedProperties = new Set(PROPERTIES.map((name) => name.toLowerCase()));
/** @type {WeakMap<object, Map<string, string>>} */
const membersOf = new WeakMap();

/**
 * Returns the right spelling of a member of an object; undefined where there is none of that name.
 * @param {object} object
 * @param {string} name
 * @returns {string | undefined}
 */
export function memberOf(object, name) {
  const wanted = name.toLowerCase();
  for (
    let part = /** @type {object | null} */ (object);
    part && part !== Object.prototype;
    part = Object.getPrototypeOf(part)
  ) {
    let members = membersOf.get(part);
    if (!members) {
      const names = Object.getOwnPropertyNames(part).filter((own) => /^[A-Z]/.test(own));
      members = new Map(names.map((own) => [own.toLowerCase(), own]));
      membersOf.set(part, members);
    }
    if (members.has(wanted)) {
      return members.get(wanted);
    }
  }
  return undefined;
}

/**
 * Whether a name is documented as something that is called.
 * @param {string} name
 */
export const isDocumentedMethod = (name) => documentedMethods.has(name.toLowerCase());

/**
 * Whether a name is documented as something that is read.
 * @param {string} name
 */
export const isDocumentedProperty = (name) => documentedProperties.has(name.toLowerCase());

/**
 * Answers for a member that is not there. Feature tests see `undefined`; what is documented says that it is missing.
 * @param {string} name
 */
export function missing(name) {
  if (isDocumentedMethod(name)) {
    return () => {
      throw noMember(name);
    };
  }
  if (isDocumentedProperty(name)) {
    throw noMember(name);
  }
  return name === "toString" || name === "valueOf" ? () => "[object]" : undefined;
}

/**
 * An object as late binding shows it: any name in any letter case.
 * @typedef {Record<string, unknown>} Face
 */

/**
 * Makes a proxy with the traps that all late-bound objects have; `get` and `set` are given names that are texts.
 * @param {(name: string) => unknown} get
 * @param {(name: string, value: unknown) => void} set
 * @param {() => unknown} [iterate] returns what is at `Symbol.iterator`
 * @returns {Face}
 */
export function proxy(get, set, iterate) {
  return new Proxy(Object.create(null), {
    get: (_, name) => {
      if (typeof name !== "symbol") {
        return get(name);
      }
      if (name === Symbol.iterator) {
        return iterate?.();
      }
      return name === Symbol.toPrimitive ? () => "[object]" : undefined;
    },
    set: (_, name, value) => {
      if (typeof name === "symbol") {
        return false;
      }
      set(name, value);
      return true;
    },
    has: (_, name) => typeof name !== "symbol" && isThere(get, name),
    deleteProperty: () => false,
    defineProperty: () => false,
  });
}

/**
 * @param {(name: string) => unknown} get
 * @param {string} name
 */
function isThere(get, name) {
  try {
    return get(name) !== undefined;
  } catch (error) {
    // What cannot be read now is there all the same.
    return /** @type {Partial<AutomationError>} */ (error).number !== CODES.NO_MEMBER;
  }
}

/**
 * Sets a member that can be set.
 * @param {object} object
 * @param {string} name
 * @param {unknown} value
 */
export function put(object, name, value) {
  const member = memberOf(object, name);
  for (let part = /** @type {object | null} */ (object); part; part = Object.getPrototypeOf(part)) {
    const descriptor = member && Object.getOwnPropertyDescriptor(part, member);
    if (descriptor) {
      if (!descriptor.set && !(descriptor.writable && typeof descriptor.value !== "function")) {
        break;
      }
      attempt(() => Reflect.set(object, /** @type {string} */ (member), value));
      return;
    }
  }
  throw noMember(name);
}

/**
 * The functions that a page has read from an object, each with the one that it is bound from.
 * @typedef {Map<string, ((...args: unknown[]) => unknown) & { of: unknown }>} BoundMembers
 */

/** The late-bound proxies of a messenger's objects, one each, and the objects behind them. */
export class LateBinding {
  /** @type {WeakMap<object, Face>} */
  #faces = new WeakMap();
  #fold;

  /** @param {(status: number) => number} fold what becomes of a status on its way to the page */
  constructor(fold) {
    this.#fold = fold;
  }

  get fold() {
    return this.#fold;
  }

  /**
   * Returns what a page is given in the place of a value.
   * @param {unknown} value
   * @returns {unknown}
   */
  toPage(value) {
    if (typeof value !== "object" || value === null || value instanceof Date || behind.has(value)) {
      return value;
    }
    if (Array.isArray(value)) {
      return value.map((element) => this.toPage(element));
    }
    let face = this.#faces.get(value);
    if (!face) {
      face = this.face(() => value);
      this.#faces.set(value, face);
    }
    return face;
  }

  /**
   * Returns what the messenger is given in the place of a value of the page's.
   * @param {unknown} value
   * @returns {unknown}
   */
  toMessenger(value) {
    return Array.isArray(value) ? value.map((element) => this.toMessenger(element)) : (behind.get(value)?.() ?? value);
  }

  /**
   * Makes a proxy for what a function returns each time.
   * @param {() => object} find
   * @returns {Face}
   */
  face(find) {
    /** @type {BoundMembers} */
    const bound = new Map();
    const face = proxy(
      (name) => this.read(find(), name, bound),
      (name, value) => put(find(), name, this.toMessenger(value)),
      () => {
        const object = find();
        if (typeof (/** @type {Partial<Iterable<unknown>>} */ (object)[Symbol.iterator]) !== "function") {
          return undefined;
        }
        return () => Array.from(/** @type {Iterable<unknown>} */ (object), (element) => this.toPage(element)).values();
      },
    );
    behind.set(face, find);
    return face;
  }

  /**
   * Registers a proxy that a page has already as that of an object.
   * @param {object} object
   * @param {Face} face
   */
  adopt(object, face) {
    this.#faces.set(object, face);
  }

  /**
   * Reads a member; functions come bound, and the same each time.
   * @param {object} object
   * @param {string} name
   * @param {BoundMembers} bound
   * @returns {unknown}
   */
  read(object, name, bound) {
    const member = memberOf(object, name);
    if (member === undefined) {
      return missing(name);
    }
    const value = attempt(() => /** @type {Record<string, unknown>} */ (object)[member]);
    if (typeof value !== "function") {
      return member === "Status" || member === "MyStatus"
        ? this.#fold(/** @type {number} */ (value))
        : this.toPage(value);
    }
    if (bound.get(member)?.of !== value) {
      const call = (/** @type {unknown[]} */ ...args) =>
        this.toPage(
          attempt(() =>
            value.apply(
              object,
              args.map((argument) => this.toMessenger(argument)),
            ),
          ),
        );
      bound.set(member, Object.assign(call, { of: value }));
    }
    return bound.get(member);
  }
}

/**
 * What stands behind each proxy. Scripts may ask with anything.
 * @type {{ get(face: unknown): (() => object) | undefined, has(face: unknown): boolean, set(face: object, find: () => object): unknown }}
 */
const behind = new WeakMap();
