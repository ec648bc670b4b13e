// The two types of old script engines through which pages went through collections and arrays.

/** An iterator over a copy of a collection, taken when it is made. */
export class Enumerator {
  #items;
  #at = 0;

  /** @param {Iterable<unknown> | null} [collection] */
  constructor(collection) {
    this.#items = collection === undefined || collection === null ? [] : Array.from(collection);
  }

  atEnd() {
    return this.#at >= this.#items.length;
  }

  item() {
    return this.#items[this.#at];
  }

  moveFirst() {
    this.#at = 0;
  }

  moveNext() {
    this.#at += 1;
  }
}

/** A reader of an array that came from an object. */
export class VBArray {
  #items;

  /** @param {unknown[]} array */
  constructor(array) {
    if (!Array.isArray(array)) {
      throw new TypeError("VBArray expected");
    }
    this.#items = [...array];
  }

  dimensions() {
    return 1;
  }

  lbound() {
    return 0;
  }

  ubound() {
    return this.#items.length - 1;
  }

  /** @param {number} index */
  getItem(index) {
    if (!Object.hasOwn(this.#items, index)) {
      throw new RangeError("Subscript out of range");
    }
    return this.#items[index];
  }

  toArray() {
    return [...this.#items];
  }
}
