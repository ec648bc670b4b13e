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
 * @returns {Settings & { early?: { take(url: string, protocol: string): unknown[] | undefined, end(): void } }}
 */
function begin(settings, names) {
  const { server, transport = "json", signinName, friendlyName } = settings ?? {};
  const url = streamAddress(server);
  if (globalThis.document === undefined || !url || transport !== "json" || document.prerendering) {
    return settings;
  }
  let { token } = settings;
  let first;
  if (typeof token === "function") {
    const ask = token;
    first = asked(ask);
    token = () => {
      const answer = first ?? ask();
      first = undefined;
      return answer;
    };
  }
  const received = [];
  let socket;
  let sent;
  let taken = false;
  const hear = ({ data }) => {
    received.push(data);
    if (sent && received.length === 1) {
      watch();
    }
  };
  // The client asks again, in its own way; by then the answer is there. No request of its own gets as far
  // as this number.
  const watch = () => {
    const wanted = [...new Set(names())].slice(0, NAMES_MAX);
    if (wanted.length > 0) {
      socket.send(JSON.stringify({ type: "watch", id: Number.MAX_SAFE_INTEGER, names: wanted }));
    }
  };
  const end = () => {
    if (!taken) {
      taken = true;
      socket?.close();
    }
  };
  const open = async () => {
    // Where another tab has the connection, this one will have none of its own.
    const { held = [] } = (await navigator.locks?.query()) ?? {};
    const credential = await (first ?? token);
    if (taken || held.some(({ name }) => name.startsWith(`mistatus 1 ${url} `))) {
      return;
    }
    socket = new WebSocket(url, PROTOCOL);
    socket.onmessage = hear;
    socket.onopen = () => {
      if (!taken && !settings.idle && !mayBeIdle()) {
        // Exactly as the client writes it: it compares.
        sent = JSON.stringify({ type: "signin", token: credential ?? undefined, name: signinName, friendlyName });
        socket.send(sent);
      }
    };
    setTimeout(end, WAIT_MS);
  };
  // What goes wrong here goes wrong again when the client tries, and is told then.
  open().catch(() => {});
  const take = (address, protocol) => {
    if (taken || !socket || socket.readyState > 1 || address !== url || protocol !== PROTOCOL) {
      end();
      return undefined;
    }
    taken = true;
    socket.onmessage = socket.onopen = null;
    return [socket, sent, ...received];
  };
  return { ...settings, token, early: { take, end } };
}

async function asked(ask) {
  return ask();
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
