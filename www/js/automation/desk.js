// What all objects of one messenger share: the client, who stands for whom, the last result, and the tasks in which
// events are told. Keeps no state of people, groups or messages: that is the client's.

import { HRESULT } from "./constants.js";
import { MessengerError } from "./errors.js";

/** The subjects of the automation API's objects: `{ desk, key }` of a contact, `{ desk, id }` of a group, and so on. */
export const subjects = new WeakMap();

/** The context that all objects of one messenger share. */
export class Desk {
  #channel;
  #tasks = [];

  /** HRESULT of the last call of a member of the automation API. */
  last = HRESULT.S_OK;

  /** Through which restricted object the present call came; undefined for the owner's own calls. */
  caller;

  /** Whether everything is over. */
  closed = false;

  constructor(client, messenger) {
    this.client = client;
    this.messenger = messenger;
  }

  /** Carries out a call and keeps its result. */
  run(act) {
    this.last = HRESULT.S_OK;
    try {
      if (this.closed) {
        throw fail(HRESULT.E_FAIL, "the messenger is closed: its objects are dead");
      }
      return act();
    } catch (error) {
      this.last = error?.number ?? HRESULT.E_FAIL;
      throw error;
    }
  }

  /** Says that a call succeeded with nothing done, which throws nothing (§1.3), and returns the call's value. */
  nothingDone(value) {
    this.last = HRESULT.S_FALSE;
    return value;
  }

  /** Throws unless somebody is signed in. */
  needSignin(number = HRESULT.MSGR_E_NOT_LOGGED_ON) {
    if (!this.client.isSignedIn) {
      throw fail(number, "nobody is signed in");
    }
  }

  /** Lets something happen in a task of its own, after what was asked for before. */
  later(task) {
    this.#tasks.push(task);
    if (!this.#channel) {
      // A message to oneself is the shortest way to a new task that hidden tabs do not throttle.
      this.#channel = new MessageChannel();
      this.#channel.port1.onmessage = () => this.#tasks.shift()?.();
    }
    this.#channel.port2.postMessage(null);
  }

  /** Lets go of everything, once what is queued has been told. */
  end() {
    this.later(() => {
      this.#channel.port1.close();
      this.#channel = undefined;
    });
  }
}

/** Makes an error to throw. */
export function fail(number, message) {
  return new MessengerError(number, message);
}

/** Makes the error of a member that is not there, or not for this caller. */
export function notImplemented(what) {
  return fail(HRESULT.E_NOTIMPL, `${what} is not available`);
}

/** Tells the members of the automation API, but for the handlers of events, from ours. */
export const MEMBER = /^(?!On[A-Z])[A-Z_]|^setProperty$|^setMyProperty$|^messengerPrivate$/;

/**
 * Makes each such member of a class leave its result behind, and answer E_FAIL once everything is over.
 * Handlers of events are assigned in any state.
 */
export function scripted(Class) {
  for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(Class.prototype))) {
    if (MEMBER.test(name)) {
      for (const kind of ["get", "set", "value"]) {
        if (typeof descriptor[kind] === "function") {
          descriptor[kind] = running(descriptor[kind]);
        }
      }
      Object.defineProperty(Class.prototype, name, descriptor);
    }
  }
}

function running(act) {
  return function (...args) {
    const subject = subjects.get(this);
    if (!subject) {
      throw new TypeError("this is no object of a messenger");
    }
    return subject.desk.run(() => act.apply(this, args));
  };
}
