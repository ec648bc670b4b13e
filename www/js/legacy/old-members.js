// What Internet Explorer's elements had beside those of today: collections that are called, attributes as members,
// `attachEvent`, and handlers of focusin and focusout as properties.

/** @typedef {(event: Event) => unknown} Handler */

/** Gives them to all documents' elements of this page. */
export function addOldMembers() {
  for (const [prototype, names] of collections()) {
    for (const name of names) {
      makeCallable(prototype, name);
    }
  }
  for (const type of ["focusin", "focusout"]) {
    addHandler(HTMLElement.prototype, type);
    addHandler(Document.prototype, type);
  }
  answerForMissing();
  // Not among what is missing: Firefox asks for that of neither documents nor forms.
  for (const target of [window, Node.prototype]) {
    Object.assign(target, { attachEvent, detachEvent });
  }
}

/** @returns {[prototype: object, names: string[]][]} */
const collections = () => [
  [Document.prototype, ["anchors", "embeds", "forms", "images", "links", "scripts"]],
  [Element.prototype, ["children"]],
  [HTMLFormElement.prototype, ["elements"]],
  [HTMLSelectElement.prototype, ["options"]],
  [HTMLTableElement.prototype, ["rows", "tBodies"]],
  [HTMLTableSectionElement.prototype, ["rows"]],
  [HTMLTableRowElement.prototype, ["cells"]],
];

/** @type {WeakMap<HTMLCollection, object>} */
const callables = new WeakMap();

/**
 * Lets a collection be called with a number, an id or a name: `document.images(id)`.
 * @param {object} prototype
 * @param {string} name
 */
function makeCallable(prototype, name) {
  const own = /** @type {PropertyDescriptor} */ (Object.getOwnPropertyDescriptor(prototype, name));
  const read = /** @type {() => HTMLCollection} */ (own.get);
  Object.defineProperty(prototype, name, {
    ...own,
    get() {
      const collection = read.call(this);
      let face = callables.get(collection);
      if (!face) {
        face = callable(collection);
        callables.set(collection, face);
      }
      return face;
    },
  });
}

/** @param {HTMLCollection} collection */
function callable(collection) {
  const item = (/** @type {string | number} */ at) =>
    (typeof at === "number" ? collection.item(at) : collection.namedItem(at)) ?? null;
  return new Proxy(item, {
    get: (_, name) => {
      const value = Reflect.get(collection, name);
      // Elements can be called, too: those of plug-ins.
      return typeof value === "function" && !(value instanceof Element) ? value.bind(collection) : value;
    },
    set: (_, name, value) => Reflect.set(collection, name, value),
    has: (_, name) => Reflect.has(collection, name),
    deleteProperty: (_, name) => Reflect.deleteProperty(collection, name),
    getPrototypeOf: () => Reflect.getPrototypeOf(collection),
    ownKeys: () => Reflect.ownKeys(collection),
    getOwnPropertyDescriptor: (_, name) => {
      const descriptor = Reflect.getOwnPropertyDescriptor(collection, name);
      return descriptor && { ...descriptor, configurable: true };
    },
  });
}

/**
 * @param {object} prototype
 * @param {string} type
 */
function addHandler(prototype, type) {
  /** @type {WeakMap<EventTarget, { handler: Handler | null }>} */
  const handlers = new WeakMap();
  Object.defineProperty(prototype, `on${type}`, {
    configurable: true,
    enumerable: true,
    /** @this {EventTarget} */
    get() {
      return handlers.get(this)?.handler ?? null;
    },
    /**
     * @this {EventTarget}
     * @param {unknown} value
     */
    set(value) {
      const handler = typeof value === "function" ? /** @type {Handler} */ (value) : null;
      const known = handlers.get(this);
      if (known) {
        known.handler = handler;
        return;
      }
      /** @type {{ handler: Handler | null }} */
      const slot = { handler };
      handlers.set(this, slot);
      this.addEventListener(type, (event) => {
        if (slot.handler?.call(this, event) === false) {
          event.preventDefault();
        }
      });
    },
  });
}

// Below everything that nodes have, so that nothing of their own changes, and `in` sees nothing new.
function answerForMissing() {
  Object.setPrototypeOf(
    Node.prototype,
    new Proxy(Object.create(EventTarget.prototype), {
      get: (target, name, node) => {
        if (typeof name === "symbol" || name in target) {
          return Reflect.get(target, name, node);
        }
        return node instanceof Element ? (attribute(node, name) ?? undefined) : undefined;
      },
    }),
  );
}

// The prototypes of elements are none themselves, and ask as if they were.
/**
 * @param {Element} node
 * @param {string} name
 */
function attribute(node, name) {
  try {
    return node.getAttribute(name);
  } catch {
    return undefined;
  }
}

/** @type {WeakMap<EventTarget, Map<string, Map<Handler, Handler>>>} */
const attached = new WeakMap();

/**
 * Calls a function at an event, `this` being the window.
 * @this {EventTarget | undefined}
 * @param {string} name with "on"
 * @param {Handler} handler
 */
function attachEvent(name, handler) {
  const target = this ?? window;
  const types = attached.get(target) ?? new Map();
  attached.set(target, types);
  const handlers = types.get(name) ?? new Map();
  types.set(name, handlers);
  if (!handlers.has(handler)) {
    const listener = (/** @type {Event} */ event) => {
      if (handler.call(window, event) === false) {
        event.preventDefault();
      }
    };
    handlers.set(handler, listener);
    target.addEventListener(typeOf(name), listener);
  }
  return true;
}

/**
 * @this {EventTarget | undefined}
 * @param {string} name
 * @param {Handler} handler
 */
function detachEvent(name, handler) {
  const target = this ?? window;
  const handlers = attached.get(target)?.get(name);
  const listener = handlers?.get(handler);
  if (listener) {
    handlers?.delete(handler);
    target.removeEventListener(typeOf(name), listener);
  }
}

/** @param {string} name */
const typeOf = (name) => String(name).replace(/^on/i, "").toLowerCase();
