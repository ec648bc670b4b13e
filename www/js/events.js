// The events of the automation API: their names, their arguments, and how handlers are called.

/** Names the arguments of each event, in their order. */
export const EVENTS = {
  Signin: ["hr"],
  Signout: [],
  MyStatusChange: ["hr", "status"],
  ContactStatusChange: ["contact", "previousStatus", "currentStatus"],
  ContactListAdd: ["hr", "contact"],
  ContactListRemove: ["hr", "contact"],
};

/** Returns the name of an event without the `On` that the old documentation puts before it. */
export function eventName(type) {
  const name = String(type).replace(/^On(?=[A-Z])/, "");
  return Object.hasOwn(EVENTS, name) ? name : String(type);
}

/** Is an event of the automation API: `args` as the documentation numbers them, and the same as named fields. */
export class MessengerEvent extends Event {
  /**
   * @param {string} name without `On`
   * @param {unknown[]} values one for each name of the event's table row
   */
  constructor(name, values) {
    super(name);
    EVENTS[name].forEach((field, index) => {
      this[field] = values[index];
    });
    // The documented event has two arguments; the current status is ours.
    this.args = name === "ContactStatusChange" ? values.slice(0, 2) : values;
  }
}

/** Calls a handler; what it throws is reported like any uncaught error and stops nothing. */
export function callHandler(handler, self, args) {
  try {
    handler.apply(self, args);
  } catch (error) {
    report(error);
  }
}

/** Reports like any uncaught error, after everything that is under way. */
export function report(error) {
  if (typeof reportError === "function") {
    reportError(error);
  } else {
    setTimeout(() => {
      throw error;
    });
  }
}
