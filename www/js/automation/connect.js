// Makes messengers: checks the options, loads the WebAssembly, and signs in.

import { written } from "../elements/names.js";
import { pageScope } from "../elements/registry.js";
import { streamAddress } from "../loading/address.js";
import { provideCore } from "../loading/core.js";
import { load } from "../loading/wasm.js";
import { invalid } from "./arguments.js";
import { HRESULT } from "./constants.js";
import { asMessengerError, MessengerError } from "./errors.js";
import { Messenger } from "./messenger.js";
import { explained } from "./no-token.js";

/**
 * @import { ConnectOptions, XmppConnectOptions } from "mistatus"
 * @import { EarlyConnection } from "../loading/early.js"
 */

// The elements of a page that loads this library by npm get at it directly; a loader says otherwise for its own.
provideCore(async () => ({ open }));

/**
 * What the options of `connect` become, once they are checked.
 * @typedef {Partial<Omit<ConnectOptions, "transport">> & Partial<Omit<XmppConnectOptions, "transport">>
 *   & { transport?: string, keepTrying?: boolean, tokenUrl?: string, early?: EarlyConnection,
 *     place?: string | URL, untagged?: boolean }} Options
 */

/**
 * Makes a messenger without waiting for its sign-in, so that elements can show how it gets there.
 * Rejects where the WebAssembly cannot be loaded or an option is wrong.
 * @param {Options & { wasm?: ConnectOptions["wasm"] }} options
 */
export async function open(options) {
  const checked = check(options);
  if (options.untagged) {
    console.warn(
      "mistatus: no script tag has this script's address as its src, so there are no data-* settings; elements wait for mistatus.connect",
    );
  }
  if (typeof document === "undefined") {
    throw new MessengerError(
      HRESULT.E_NOTIMPL,
      "connect needs a browser: importing mistatus works here, connecting does not",
    );
  }
  const messenger = new Messenger(await load(options.wasm), checked);
  // Whoever wants to know asks `signedIn` again; nobody asking is no reason for an "unhandled rejection".
  messenger.signedIn.catch(() => {});
  return messenger;
}

/**
 * Signs in. Resolves once signed in; rejects with a `MessengerError` otherwise.
 * The first messenger of a page also serves the elements that are in no `<mi-messenger>`.
 *
 * @param {Options} options see the types
 * @returns {Promise<Messenger>}
 */
export async function connect(options) {
  try {
    const messenger = await open(options);
    try {
      await messenger.signedIn;
    } catch (error) {
      messenger.close();
      throw error;
    }
    pageScope.adopt(messenger);
    return messenger;
  } catch (error) {
    throw asMessengerError(error);
  }
}

/**
 * @param {Options} options
 * @returns {Options}
 */
function check(options) {
  if (typeof options !== "object" || options === null) {
    throw invalid("connect takes an object with at least a server");
  }
  const {
    server,
    token,
    tokenUrl,
    signinName,
    friendlyName,
    transport = "json",
    idle,
    extendedStates,
    keepTrying,
    shareConnection,
  } = options;
  const { openOnMessage = false, confirm, domain, credentials, approval, early } = options;
  // An XMPP service can be found by its domain.
  const isLookedUp = transport === "xmpp" && (server === undefined || server === null || server === "");
  if (confirm !== undefined && typeof confirm !== "function") {
    throw invalid("confirm must be a function that asks the user and returns true or false");
  }
  const ours = { openOnMessage: Boolean(openOnMessage), confirm };
  const xmpp = { transport, domain, credentials, approval };
  return {
    server: isLookedUp ? "" : streamUrl(server),
    ...xmpp,
    token: explained(token, tokenUrl),
    signinName: written(signinName),
    friendlyName,
    idle,
    extendedStates,
    keepTrying,
    shareConnection,
    early,
    // As the page wrote it: so the elements know it before this file is there.
    place: server || domain,
    ...ours,
  };
}

/** @param {Options["server"]} server */
function streamUrl(server) {
  const url = streamAddress(server);
  if (url === undefined) {
    throw invalid(
      `server must be an address such as wss://presence.example.com/stream; it was ${JSON.stringify(server)}`,
    );
  }
  return url;
}
