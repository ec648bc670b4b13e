// Begins a connection while the WebAssembly is still on its way: fetches the token, opens the socket and signs in, so that
// the first true status waits for the slower of the two and not for both. What it did and heard is handed to the client,
// which goes on from there (src/shell/early.rs), or begins anew where it would have done something else.

import { streamAddress } from "./address.js";

/** The subprotocol of docs/PROTOCOL.md. An XMPP service is connected to by the client alone. */
const PROTOCOL = "mistatus.v1";

/** How many names one frame may ask for: `WATCH_BATCH_MAX` of crates/core/src/limits.rs. */
const NAMES_MAX = 100;

/** How long the socket waits for the client, in milliseconds. */
const WAIT_MS = 20_000;

/** When a user counts as idle unless a page says otherwise, in milliseconds: the default of crates/core/src/limits.rs. */
const IDLE_AFTER_MS = 300_000;

/**
 * Begins to connect, and makes a messenger with what there is then. Where none comes of it, the beginning is ended.
 *
 * @template {object} Settings
 * @param {Settings} settings as for `connect`
 * @param {(settings: Settings) => Promise<object>} make
 * @param {() => string[]} [names] returns whose statuses are going to be shown first
 */
export async function beginWith(settings, make, names = () => []) {
  const begun = begin(settings, names);
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
 * @template {{ server?: string, token?: unknown, transport?: string }} Settings
 * @param {Settings} settings
 * @param {() => string[]} names
 * @returns {Settings & { early?: EarlyConnection }}
 */
function begin(settings, names) {
  const { server, token, transport = "json" } = settings ?? {};
  const url = streamAddress(server);
  if (globalThis.document === undefined || !url || transport !== "json" || document.prerendering) {
    return settings;
  }
  if (typeof token !== "function") {
    return { ...settings, early: new EarlyConnection(url, settings, token, names) };
  }
  // What was fetched early answers the client's first question.
  let first = asked(token);
  const answer = () => {
    const begun = first ?? token();
    first = undefined;
    return begun;
  };
  return { ...settings, token: answer, early: new EarlyConnection(url, settings, first, names) };
}

async function asked(token) {
  return token();
}

/** A connection that waits for the client. */
class EarlyConnection {
  #url;
  #names;
  #socket;
  #sent;
  #received = [];
  #asked = new Set();
  #isOver = false;

  /**
   * @param {string} url
   * @param {{ signinName?: string, friendlyName?: string, idle?: object }} settings
   * @param {string | undefined | Promise<string | null | undefined>} token
   * @param {() => string[]} names
   */
  constructor(url, settings, token, names) {
    this.#url = url;
    this.#names = names;
    // What goes wrong here goes wrong again when the client tries, and is told then.
    this.#open(settings, token).catch(() => this.end());
  }

  /**
   * Hands over the socket, what was sent, if anything was, and all that came back; nothing where the client wants to
   * connect to something else, or there is no such socket any more.
   */
  take(url) {
    const socket = this.#socket;
    if (this.#isOver || !(socket?.readyState <= WebSocket.OPEN) || url !== this.#url) {
      this.end();
      return undefined;
    }
    this.#isOver = true;
    socket.onmessage = socket.onopen = null;
    return [socket, this.#sent, ...this.#received];
  }

  /** Closes the socket, unless it was handed over. */
  end() {
    if (!this.#isOver) {
      this.#isOver = true;
      this.#socket?.close();
    }
  }

  async #open({ signinName, friendlyName, idle }, token) {
    // Where another tab has the connection, this one will have none of its own.
    const { held = [] } = (await navigator.locks?.query()) ?? {};
    if (this.#isOver || held.some(({ name }) => name.startsWith(`mistatus 1 ${this.#url} `))) {
      return;
    }
    const socket = new WebSocket(this.#url, PROTOCOL);
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#hear(data);
    setTimeout(() => this.end(), WAIT_MS);
    const opened = new Promise((resolve) => {
      socket.onopen = resolve;
    });
    // Both at once.
    const credential = (await token) ?? undefined;
    await opened;
    if (!this.#isOver && !idle && !mayBeIdle()) {
      // Exactly as the client writes it: it compares.
      this.#sent = JSON.stringify({ type: "signin", token: credential, name: signinName, friendlyName });
      socket.send(this.#sent);
      this.#watch();
    }
  }

  #hear(data) {
    this.#received.push(data);
    if (this.#sent) {
      // Who has come into sight meanwhile.
      this.#watch();
    }
  }

  // The client asks again, in its own way; by then the answers are there. No request of its own gets as far as these numbers.
  #watch() {
    const names = this.#names().filter((name) => !this.#asked.has(name));
    const batch = [...new Set(names)].slice(0, NAMES_MAX);
    if (batch.length > 0) {
      const id = Number.MAX_SAFE_INTEGER - this.#asked.size;
      batch.forEach((name) => this.#asked.add(name));
      this.#socket.send(JSON.stringify({ type: "watch", id, names: batch }));
    }
  }
}

// What the client will find out from the same two entries (src/shell/environment.rs). Who may be idle does not sign in early,
// to be seen as online for a moment.
function mayBeIdle() {
  try {
    const [last, after] = ["last-input", "idle-after"].map((name) => localStorage.getItem(`mistatus.${name}`));
    return last !== null && Date.now() - last > (after ?? IDLE_AFTER_MS);
  } catch {
    return false;
  }
}
