// The events of the automation API as objects, and how handlers are called. What there is to tell stands in tables.js.

import { EVENTS } from "./tables.js";

/** @import { EventName } from "./tables.js" */

/**
 * Returns the name of an event without the `On` that the old documentation puts before it.
 * @param {unknown} type
 */
export function eventName(type) {
  const name = String(type).replace(/^On(?=[A-Z])/, "");
  return Object.hasOwn(EVENTS, name) ? name : String(type);
}

/** An event of the automation API: `args` as the documentation numbers them, and the same as named fields. */
export class MessengerEvent extends Event {
  /**
   * @param {EventName} name without `On`
   * @param {unknown[]} values one for each name of the event's table row
   */
  constructor(name, values) {
    super(name);
    EVENTS[name].forEach((field, index) => {
      /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (this))[field] = values[index];
    });
    // The documented event has two arguments; the current status is ours.
    this.args = name === "ContactStatusChange" ? values.slice(0, 2) : values;
  }
}

/** @typedef {(...values: unknown[]) => unknown} Handler */

/**
 * The one handler that each event of an object may have, by the event's name.
 * @type {WeakMap<object, Map<string, Handler | null>>}
 */
const handlers = new WeakMap();

/**
 * Gives a class a property `On…` for each event: a function, or null.
 * @param {object} prototype
 */
export function defineHandlers(prototype) {
  for (const name of Object.keys(EVENTS)) {
    Object.defineProperty(prototype, `On${name}`, {
      configurable: true,
      enumerable: true,
      get() {
        return handlers.get(this)?.get(name) ?? null;
      },
      /** @param {unknown} handler */
      set(handler) {
        const own = handlers.get(this) ?? new Map();
        handlers.set(this, own.set(name, typeof handler === "function" ? /** @type {Handler} */ (handler) : null));
      },
    });
  }
}

/**
 * Tells an event: to its one handler first, then to the listeners.
 * @param {EventTarget} target
 * @param {EventName} name
 * @param {unknown[]} values
 */
export function tell(target, name, values) {
  const event = new MessengerEvent(name, values);
  const handler = handlers.get(target)?.get(name);
  if (handler) {
    callHandler(handler, target, event.args);
  }
  target.dispatchEvent(event);
}

/**
 * Calls a handler; what it throws is reported like any uncaught error and stops nothing.
 * @template {unknown[]} Args
 * @param {(...values: Args) => unknown} handler
 * @param {unknown} self
 * @param {Args} args
 */
export function callHandler(handler, self, args) {
  try {
    handler.apply(self, args);
  } catch (error) {
    report(error);
  }
}

/**
 * Reports like any uncaught error, after everything that is under way.
 * @param {unknown} error
 */
export function report(error) {
  if (typeof reportError === "function") {
    reportError(error);
  } else {
    setTimeout(() => {
      throw error;
    });
  }
}
