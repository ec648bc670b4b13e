// What all objects of one messenger share: the client, who stands for whom, the last result, and the tasks in which
// events are told. Keeps no state of people, groups or messages: that is the client's.

import { HRESULT } from "./constants.js";
import { MessengerError } from "./errors.js";

/**
 * @import { Client } from "../../../npm/generated/wasm/mistatus.js"
 * @import { Group } from "./groups.js"
 * @import { Messenger } from "./messenger.js"
 * @import { Viewer } from "./restricted.js"
 * @import { WindowPanel } from "./windows.js"
 */

/**
 * What an object of the automation API stands for.
 *
 * @typedef {object} Subject
 * @property {Desk} desk
 * @property {string} [key] whose contact it is
 * @property {Group} [group] which group it is
 * @property {Desk} [service] of which desk it is the service
 * @property {WindowPanel} [window] which panel it is the window of
 */

/**
 * The subjects of the automation API's objects. Scripts may ask with anything.
 * @type {{ get(object: unknown): Subject | undefined, has(object: unknown): boolean, set(object: object, subject: Subject): unknown }}
 */
export const subjects = new WeakMap();

/** The context that all objects of one messenger share. */
export class Desk {
  /** @type {MessageChannel | undefined} */
  #channel;
  /** @type {(() => void)[]} */
  #tasks = [];

  /** HRESULT of the last call of a member of the automation API. */
  last = HRESULT.S_OK;

  /**
   * Through which restricted object the present call came; undefined for the owner's own calls.
   * @type {Viewer | undefined}
   */
  caller;

  /** Whether everything is over. */
  closed = false;

  /**
   * @param {Client} client
   * @param {Messenger} messenger
   */
  constructor(client, messenger) {
    this.client = client;
    this.messenger = messenger;
  }

  /**
   * Asks the page by an event, whose answer is to prevent the default: that the page did not.
   * @param {string} name
   * @param {object} [detail]
   */
  askPage(name, detail, otherwise = HRESULT.E_FAIL) {
    const { caller } = this;
    const question = new CustomEvent(name, { cancelable: true, detail });
    this.caller = undefined;
    try {
      this.messenger.dispatchEvent(question);
    } finally {
      this.caller = caller;
    }
    this.last = HRESULT.S_OK;
    if (!question.defaultPrevented) {
      throw fail(otherwise, `the page does not answer the event ${name}`);
    }
  }

  /**
   * Carries out a call and keeps its result.
   * @template Value
   * @param {() => Value} act
   */
  run(act) {
    this.last = HRESULT.S_OK;
    try {
      if (this.closed) {
        throw fail(HRESULT.E_FAIL, "the messenger is closed: its objects are dead");
      }
      return act();
    } catch (error) {
      this.last = /** @type {Partial<MessengerError> | undefined} */ (error)?.number ?? HRESULT.E_FAIL;
      throw error;
    }
  }

  /**
   * Says that a call succeeded with nothing done, which throws nothing (§1.3), and returns the call's value.
   * @template Value
   * @param {Value} [value]
   * @returns {Value}
   */
  nothingDone(value) {
    this.last = HRESULT.S_FALSE;
    return /** @type {Value} */ (value);
  }

  /**
   * Throws unless somebody is signed in.
   * @param {number} [number]
   */
  needSignin(number = HRESULT.MSGR_E_NOT_LOGGED_ON) {
    if (!this.client.isSignedIn) {
      throw fail(number, "nobody is signed in");
    }
  }

  /**
   * Lets something happen in a task of its own, after what was asked for before.
   * @param {() => void} task
   */
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
      /** @type {MessageChannel} */ (this.#channel).port1.close();
      this.#channel = undefined;
    });
  }
}

/**
 * Makes an error to throw.
 * @param {number} number
 * @param {string} message
 */
export function fail(number, message) {
  return new MessengerError(number, message);
}

/**
 * Makes the error of a member that is not there, or not for this caller.
 * @param {string} what
 */
export function notImplemented(what) {
  return fail(HRESULT.E_NOTIMPL, `${what} is not available`);
}

/** Tells the members of the automation API, but for the handlers of events, from ours. */
export const MEMBER = /^(?!On[A-Z])[A-Z_]|^setProperty$|^setMyProperty$|^messengerPrivate$/;

/**
 * Makes each such member of a class leave its result behind, and answer E_FAIL once everything is over.
 * Handlers of events are assigned in any state.
 * @param {{ prototype: object }} Class
 */
export function scripted(Class) {
  for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(Class.prototype))) {
    if (MEMBER.test(name)) {
      for (const kind of /** @type {const} */ (["get", "set", "value"])) {
        if (typeof descriptor[kind] === "function") {
          descriptor[kind] = running(descriptor[kind]);
        }
      }
      Object.defineProperty(Class.prototype, name, descriptor);
    }
  }
}

/** @param {(this: object, ...args: unknown[]) => unknown} act */
function running(act) {
  /**
   * @this {object}
   * @param {unknown[]} args
   */
  return function (...args) {
    const subject = subjects.get(this);
    if (!subject) {
      throw new TypeError("this is no object of a messenger");
    }
    return subject.desk.run(() => act.apply(this, args));
  };
}
