// What the collections of the automation API have in common: a count, items from 0 on, and a walk over a copy (§1.2).

import { place } from "./arguments.js";
import { scripted } from "./desk.js";

/**
 * A live collection. Subclasses say what is in it.
 * @template {object} Item
 */
export class Collection {
  #count;
  #at;
  #all;

  /** @param {{ count(): number, at(index: number): Item, all(): Item[] }} source */
  constructor({ count, at, all }) {
    this.#count = count;
    this.#at = at;
    this.#all = all;
  }

  get Count() {
    return this.#count();
  }

  /**
   * Returns what stands at a zero-based place.
   * @param {number} index
   */
  Item(index) {
    return this.#at(place(index, this.#count()));
  }

  /** An enumerator over a copy taken now. */
  get _NewEnum() {
    return this.#all().values();
  }

  /** Goes through a copy taken now. */
  [Symbol.iterator]() {
    return this.#all().values();
  }
}

scripted(Collection);
