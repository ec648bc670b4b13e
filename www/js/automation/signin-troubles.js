// What keeps a page from being signed in, shown to developers: once in the console for each reason, and by the attribute
// `error` of the elements. Decides nothing: the session says what is a new reason.

import { HRESULT } from "./constants.js";
import { MessengerError } from "./errors.js";

/** @import { Drawn } from "../elements/mount.js" */

/** Keeps the reason while it lasts. */
export class SigninTroubles {
  /** @type {Set<Element>} */
  #elements = new Set();
  /** @type {MessengerError | undefined} */
  #reason;
  #server;
  #isSaid;

  /**
   * @param {string} server
   * @param {boolean} isSaid whether nobody else is told, as where elements wait for a later attempt
   */
  constructor(server, isSaid) {
    this.#server = server;
    this.#isSaid = isSaid;
  }

  /**
   * Shows the reason by an element, too, until what is drawn in it is unmounted.
   * @param {Element} element
   * @param {Drawn} drawn
   * @returns {Drawn}
   */
  showBy(element, drawn) {
    this.#elements.add(element);
    this.#mark(element);
    return {
      ...drawn,
      unmount: () => {
        this.#elements.delete(element);
        drawn.unmount();
      },
    };
  }

  /**
   * Takes an event of the client; returns whether it is for nobody else.
   * @param {string} name
   * @param {unknown[]} args
   */
  hear(name, args) {
    if (name === "trouble") {
      this.begin(.../** @type {[number, string?]} */ (args));
    } else if (name === "Signin" && /** @type {number} */ (args[0]) >= 0) {
      this.end();
    }
    return name === "trouble";
  }

  /**
   * There is a reason that was not there before.
   * @param {number} number
   * @param {string} [message]
   */
  begin(number, message) {
    const reason = new MessengerError(number, message ?? "");
    if (!message) {
      reason.message = number === HRESULT.MSGR_E_CONNECT ? unreachable(this.#server) : reason.code;
    }
    this.#reason = reason;
    if (this.#isSaid) {
      console.error(`mistatus: not signed in: ${reason.message}`);
      for (const element of this.#elements) {
        this.#mark(element);
      }
    }
  }

  /** Somebody is signed in. */
  end() {
    for (const element of this.#elements) {
      if (element.getAttribute("error") === this.#reason?.code) {
        element.removeAttribute("error");
      }
    }
    this.#reason = undefined;
  }

  /**
   * Returns the error of a sign-in, with the reason where that is known.
   * @param {MessengerError} error
   */
  explain(error) {
    return this.#reason?.number === error.number ? this.#reason : error;
  }

  /** @param {Element} element */
  #mark(element) {
    // What is wrong with the element itself is said first.
    if (this.#reason && !element.hasAttribute("error")) {
      element.setAttribute("error", this.#reason.code);
    }
  }
}

/** @param {string} server */
function unreachable(server) {
  if (location.protocol === "https:" && server.startsWith("ws:")) {
    return `a page by https: connects by wss: only, not to ${server}`;
  }
  return `${server} cannot be reached: nobody listens there, it is no mistatus server, or it takes no pages of ${self.origin} (--allowed-origin)`;
}
