// Objects as late binding showed them: letter case never matters, and what is not there fails as it did.
// Which members there are, the object itself says; only the PascalCase ones are of the automation API.

import { CODES, attempt, noMember } from "./errors.js";
import { METHODS, PROPERTIES } from "./names.js";

const documentedMethods = new Set(METHODS.map((name) => name.toLowerCase()));
const documentedProperties = new Set(PROPERTIES.map((name) => name.toLowerCase()));
const membersOf = new WeakMap();

/** Returns the right spelling of a member of an object; undefined where there is none of that name. */
export function memberOf(object, name) {
  const wanted = name.toLowerCase();
  for (let part = object; part && part !== Object.prototype; part = Object.getPrototypeOf(part)) {
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

/** Whether a name is documented as something that is called. */
export const isDocumentedMethod = (name) => documentedMethods.has(name.toLowerCase());

/** Whether a name is documented as something that is read. */
export const isDocumentedProperty = (name) => documentedProperties.has(name.toLowerCase());

/** Answers for a member that is not there. Feature tests see `undefined`; what is documented says that it is missing. */
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

/** Makes a proxy with the traps that all late-bound objects have; `get` and `set` are given names that are texts. */
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

function isThere(get, name) {
  try {
    return get(name) !== undefined;
  } catch (error) {
    // What cannot be read now is there all the same.
    return error.number !== CODES.NO_MEMBER;
  }
}

/** Sets a member that can be set. */
export function put(object, name, value) {
  const member = memberOf(object, name);
  for (let part = object; part; part = Object.getPrototypeOf(part)) {
    const descriptor = member && Object.getOwnPropertyDescriptor(part, member);
    if (descriptor) {
      if (!descriptor.set && !(descriptor.writable && typeof descriptor.value !== "function")) {
        break;
      }
      attempt(() => Reflect.set(object, member, value));
      return;
    }
  }
  throw noMember(name);
}

/** The late-bound proxies of a messenger's objects, one each, and the objects behind them. */
export class LateBinding {
  #faces = new WeakMap();
  #fold;

  /** @param {(status: number) => number} fold what becomes of a status on its way to the page */
  constructor(fold) {
    this.#fold = fold;
  }

  get fold() {
    return this.#fold;
  }

  /** Returns what a page is given in the place of a value. */
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

  /** Returns what the messenger is given in the place of a value of the page's. */
  toMessenger(value) {
    return Array.isArray(value) ? value.map((element) => this.toMessenger(element)) : (behind.get(value)?.() ?? value);
  }

  /** Makes a proxy for what a function returns each time. */
  face(find) {
    const bound = new Map();
    const face = proxy(
      (name) => this.read(find(), name, bound),
      (name, value) => put(find(), name, this.toMessenger(value)),
      () => {
        const object = find();
        if (typeof object[Symbol.iterator] !== "function") {
          return undefined;
        }
        return () => Array.from(object, (element) => this.toPage(element)).values();
      },
    );
    behind.set(face, find);
    return face;
  }

  /** Registers a proxy that a page has already as that of an object. */
  adopt(object, face) {
    this.#faces.set(object, face);
  }

  /** Reads a member; functions come bound, and the same each time. */
  read(object, name, bound) {
    const member = memberOf(object, name);
    if (member === undefined) {
      return missing(name);
    }
    const value = attempt(() => object[member]);
    if (typeof value !== "function") {
      return member === "Status" || member === "MyStatus" ? this.#fold(value) : this.toPage(value);
    }
    if (bound.get(member)?.of !== value) {
      const call = (...args) =>
        this.toPage(attempt(() => value.apply(object, args.map((argument) => this.toMessenger(argument)))));
      bound.set(member, Object.assign(call, { of: value }));
    }
    return bound.get(member);
  }
}

const behind = new WeakMap();
