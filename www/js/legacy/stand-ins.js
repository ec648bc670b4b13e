// What pages are given in the place of a messenger's objects until there is one: each says what was last known, or nothing.

import { SERVICE_ID, SERVICE_NAME } from "../automation/service.js";
import { failure } from "./errors.js";

/**
 * @import { Face } from "./late-bound.js"
 * @import { Link } from "./link.js"
 */

const UNKNOWN = 0;

/** The stand-in for a collection until there is one. */
export class EarlyCollection {
  get Count() {
    return 0;
  }

  /** @param {number} index */
  Item(index) {
    if (index < 0) {
      throw failure("E_INVALIDARG", "Item takes a number from 0 on");
    }
    throw failure("E_FAIL", "the list is empty, since nobody is signed in yet");
  }

  [Symbol.iterator]() {
    return [].values();
  }
}

/** The stand-in for the services until there are some: the one that there will be. */
export class EarlyServices {
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
      throw failure("E_INVALIDARG", "there is one service, number 0");
    }
    return this.#service;
  }

  [Symbol.iterator]() {
    return [this.#service].values();
  }
}

/** The stand-in for a contact until there is a messenger that knows it: says what was last known. */
export class EarlyContact {
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
