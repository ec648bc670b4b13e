// Begins a connection while the WebAssembly is still on its way: fetches the token, opens the socket and signs in, so that
// the first true status waits for the slower of the two and not for both. What it did and heard is handed to the client,
// which goes on from there (src/shell/early.rs), or begins anew where it would have done something else.

import { written } from "../elements/names.js";
import { streamAddress } from "./address.js";

/**
 * @import { Options } from "../automation/connect.js"
 * @import { Messenger } from "../automation/messenger.js"
 */

/** The subprotocol of docs/PROTOCOL.md. An XMPP service is connected to by the client alone. */
const PROTOCOL = "mistatus.v1";

const SIGNOUT = '{"type":"signout"}';

/** How many names one frame may ask for: `WATCH_BATCH_MAX` of crates/core/src/limits.rs. */
const NAMES_MAX = 100;

/** How long the socket waits for the client, in milliseconds. */
const WAIT_MS = 20_000;

/** When a user counts as idle unless a page says otherwise, in milliseconds: the default of crates/core/src/limits.rs. */
const IDLE_AFTER_MS = 300_000;

/**
 * Begins to connect, and makes a messenger with what there is then. Where none comes of it, the beginning is ended.
 *
 * @param {Options} settings as for `connect`
 * @param {(settings: Options) => Promise<Messenger>} make
 * @param {() => string[]} [names] returns whose statuses are going to be shown first
 * @param {AbortSignal} [signal] ends the beginning, unless the client has it by then
 */
export async function beginWith(settings, make, names = () => [], signal) {
  const begun = begin(settings, names);
  signal?.addEventListener("abort", () => begun?.early?.end());
  try {
    return await make(begun);
  } catch (error) {
    begun?.early?.end();
    throw error;
  }
}

/**
 * Begins what the settings of `connect` ask for, and returns the settings to open the messenger with.
 *
 * @param {Options} settings
 * @param {() => string[]} names
 * @returns {Options}
 */
function begin(settings, names) {
  const { server, token, transport = "json" } = settings ?? {};
  const url = streamAddress(server);
  if (globalThis.document === undefined || !url || transport !== "json") {
    return settings;
  }
  let answer = token;
  /** @type {Exclude<Options["token"], undefined> | Promise<string> | undefined} */
  let first = token;
  if (typeof token === "function") {
    // What was fetched early answers the client's first question.
    first = /** @type {Promise<string>} */ (new Promise((resolve) => resolve(/** @type {string} */ (token()))));
    first.catch(() => {});
    answer = () => {
      const begun = /** @type {EarlyToken} */ (first) ?? token();
      first = undefined;
      return begun;
    };
  }
  const early = new EarlyConnection(url, settings, /** @type {EarlyToken} */ (first), names);
  // Not a copy: options may be objects of a page's own class.
  return Object.create(settings, { token: { value: answer }, early: { value: early } });
}

/** @typedef {string | null | Promise<string | null> | undefined} EarlyToken */

/** A connection that waits for the client. */
export class EarlyConnection {
  #names;
  /** @type {WebSocket | undefined} */
  #socket;
  /** @type {string | undefined} */
  #sent;
  /** @type {string[]} */
  #received = [];
  #hasAsked = false;
  #isOver = false;

  /**
   * @param {string} url
   * @param {Options} settings
   * @param {EarlyToken} token
   * @param {() => string[]} names
   */
  constructor(url, settings, token, names) {
    this.#names = names;
    // What goes wrong here goes wrong again when the client tries, and is told then.
    this.#open(url, settings, token).catch(() => this.end());
  }

  /** Hands over the socket, what was sent, if anything was, and all that came back; nothing where there is no socket. */
  take() {
    const socket = /** @type {WebSocket} */ (this.#socket);
    if (!(socket?.readyState <= WebSocket.OPEN)) {
      this.end();
      return undefined;
    }
    socket.onmessage = socket.onopen = null;
    return [socket, ...this.#leave()];
  }

  /** Closes the socket, unless it was handed over: signs out first, so that nobody is taken for lost. */
  end() {
    const socket = this.#socket;
    if (!this.#isOver) {
      const [sent] = this.#leave();
      if (sent) {
        /** @type {WebSocket} */ (socket).send(SIGNOUT);
      }
      socket?.close();
    }
  }

  // Lets go of all that was kept: the client may live as long as the page.
  #leave() {
    const kept = [this.#sent, ...this.#received];
    this.#isOver = true;
    this.#socket = this.#sent = undefined;
    this.#received = [];
    return kept;
  }

  /**
   * @param {string} url
   * @param {Options} settings
   * @param {EarlyToken} token
   */
  async #open(url, { signinName, friendlyName, idle }, token) {
    // Where another tab has the connection, this one will have none of its own.
    const { held = [] } = (await navigator.locks?.query()) ?? {};
    if (this.#isOver || held.some(({ name }) => /** @type {string} */ (name).startsWith(`mistatus 1 ${url} `))) {
      return;
    }
    const socket = new WebSocket(url, PROTOCOL);
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#hear(data);
    setTimeout(() => this.end(), WAIT_MS);
    const opened = new Promise((resolve) => {
      socket.onopen = resolve;
    });
    // Both at once.
    const frame = { type: "signin", token: await token, name: written(signinName), friendlyName };
    // Without either, nobody is logged in.
    if (!(frame.token ?? signinName)) {
      this.end();
    }
    await opened;
    if (!this.#isOver && !idle && !mayBeIdle()) {
      // Exactly as the client writes it: it compares. What is null is not there.
      this.#sent = JSON.stringify(frame, (_, value) => value ?? undefined);
      socket.send(this.#sent);
      this.#watch();
    }
  }

  /** @param {string} data */
  #hear(data) {
    this.#received.push(data);
    if (this.#sent) {
      this.#watch();
    }
  }

  // Once, as soon as anybody is in sight. The client asks again, in its own way; by then the answers are there. No request
  // of its own gets as far as this number.
  #watch() {
    const names = this.#names().slice(0, NAMES_MAX);
    if (!this.#hasAsked && names.length > 0) {
      this.#hasAsked = true;
      /** @type {WebSocket} */ (this.#socket).send(
        JSON.stringify({ type: "watch", id: Number.MAX_SAFE_INTEGER, names }),
      );
    }
  }
}

/** @typedef {number & string} Numeral */

// What the client will find out from the same two entries (src/shell/environment.rs). Who may be idle does not sign in early,
// to be seen as online for a moment.
function mayBeIdle() {
  try {
    // Both are texts, which subtracting and comparing take for numbers.
    const last = /** @type {Numeral | null} */ (localStorage.getItem("mistatus.last-input"));
    return (
      last && Date.now() - last > /** @type {Numeral} */ (localStorage.getItem("mistatus.idle-after") ?? IDLE_AFTER_MS)
    );
  } catch {
    return false;
  }
}
