// The Messenger object of the automation API over the WebAssembly client. PascalCase members are that API,
// camelCase members are ours. Decides nothing: checks, order and values come from the client.

import { HRESULT } from "./constants.js";
import { ContactObjects, MessengerContacts, identities } from "./contacts.js";
import { LEARN, MOUNT, provideCore } from "./core.js";
import { MessengerError, asMessengerError } from "./errors.js";
import { EVENTS, MessengerEvent, callHandler, eventName } from "./events.js";
import { mount } from "./mount.js";
import { pageScope } from "./registry.js";
import { SERVICE_ID, SERVICE_NAME } from "./service.js";
import { load } from "./wasm.js";

// The elements of a page that loads this library by npm get at it directly; a loader says otherwise for its own.
provideCore(async () => ({ open }));

/** Is the root object: one signed-in user. Made by {@link connect}. */
export class Messenger extends EventTarget {
  #client;
  #objects;
  #contacts;
  #handlers = new Map();
  #signedIn;

  #glue;

  constructor(glue, options) {
    super();
    this.#glue = glue;
    this.#client = new glue.Client(options, (event, args) => this.#dispatch(eventName(event), args));
    this.#objects = new ContactObjects(this.#client);
    this.#contacts = new MessengerContacts(this.#client, this.#objects);
  }

  /** Settles with the first sign-in: this messenger, or a `MessengerError`. */
  get signedIn() {
    this.#signedIn ??= this.#client.signin().then(() => this);
    return this.#signedIn;
  }

  /** Own MISTATUS: the last that the server confirmed, or a LOCAL_ value on the way. Setting only starts: the verdict comes in OnMyStatusChange. */
  get MyStatus() {
    return this.#client.myStatus;
  }

  set MyStatus(status) {
    this.#client.putMyStatus(status);
  }

  /**
   * Sets status, note and end as one, and resolves once the server has confirmed it.
   * @param {number} status
   * @param {{ note?: string, until?: Date | number }} [options] `until` as a date or in milliseconds since 1970
   */
  async setMyStatus(status, { note, until } = {}) {
    const end = until instanceof Date ? until.getTime() : until;
    await this.#client.setMyStatus(status, note ?? undefined, end ?? undefined);
  }

  /** Goes back to what is found out: online, or idle. Resolves once the server has confirmed it. */
  async clearMyStatus() {
    await this.#client.clearMyStatus();
  }

  /**
   * Says why somebody has the status that is shown, as far as this user may know; without a contact, why oneself has.
   * @param {MessengerContact | string} [contact] a contact, or a sign-in name that is on the list or shown on the page
   */
  explain(contact) {
    return explanation(this.#client.explain(contact === undefined ? undefined : this.#keyOf(contact)));
  }

  /** Asks the server for one's own status. */
  async queryMyStatus() {
    await this.#client.queryMyStatus();
    return this.#client.myStatus;
  }

  /** Returns the contact of that name; null while signed out, as scripts were told. */
  GetContact(signinName, serviceId) {
    const key = this.#client.getContact(signinName, serviceId);
    return key === undefined ? null : this.#objects.of(key);
  }

  get MyContacts() {
    return this.#contacts;
  }

  /** Asks the server to put somebody on the list; the verdict arrives in OnContactListAdd. The first argument is ignored. */
  AddContact(_hwndParent, signinName) {
    this.#client.addContact(signinName);
  }

  /** Starts to sign out. */
  Signout() {
    this.#client.signout();
  }

  get MySigninName() {
    return this.#client.mySigninName;
  }

  get MyFriendlyName() {
    return this.#client.myFriendlyName;
  }

  get MyServiceId() {
    return SERVICE_ID;
  }

  get MyServiceName() {
    return SERVICE_NAME;
  }

  /**
   * Says when the user counts as idle.
   * @param {{ afterSeconds?: number, transmit?: boolean }} options
   */
  setIdle({ afterSeconds, transmit = true } = {}) {
    this.#client.setIdle(afterSeconds, transmit);
  }

  /** Ends for good: the connection is closed, nothing is announced any more. */
  close() {
    this.#client.close();
  }

  /** Draws a component into a shadow root; for the elements. */
  [MOUNT](root, drawing, onShow) {
    return mount(this.#glue, this.#client, root, drawing, onShow);
  }

  /** Calls back with the contact of whom something new is known, on the list or not; the last callback wins. */
  [LEARN](callback) {
    this.#client.onPresence((key) => callback(this.#objects.of(key)));
  }

  // Events are known by both names, so that `OnMyStatusChange` from the documentation works too.
  addEventListener(type, listener, options) {
    super.addEventListener(eventName(type), listener, options);
  }

  removeEventListener(type, listener, options) {
    super.removeEventListener(eventName(type), listener, options);
  }

  #dispatch(name, args) {
    const field = EVENTS[name]?.indexOf("contact") ?? -1;
    if (field >= 0 && typeof args[field] === "string") {
      args[field] = this.#contactOf(name, args[0], args[field]);
    }
    const event = new MessengerEvent(name, args);
    const handler = this.#handlers.get(name);
    if (handler) {
      callHandler(handler, this, event.args);
    }
    this.dispatchEvent(event);
  }

  #keyOf(contact) {
    if (typeof contact === "string") {
      return contact;
    }
    const known = identities.get(contact);
    if (known?.client !== this.#client) {
      throw invalid("explain takes a contact of this messenger, or a sign-in name");
    }
    return known.key;
  }

  #contactOf(name, hr, key) {
    switch (name) {
      case "ContactStatusChange":
        return this.#objects.listed(key);
      case "ContactListAdd":
        return hr >= 0 ? this.#objects.listed(key) : this.#objects.of(key);
      default:
        if (hr >= 0) {
          this.#objects.unlist(key);
        }
        return this.#objects.of(key);
    }
  }

  static {
    for (const name of Object.keys(EVENTS)) {
      Object.defineProperty(this.prototype, `On${name}`, {
        configurable: true,
        enumerable: true,
        get() {
          return this.#handlers.get(name) ?? null;
        },
        set(handler) {
          if (typeof handler === "function") {
            this.#handlers.set(name, handler);
          } else {
            this.#handlers.delete(name);
          }
        },
      });
    }
  }
}

// What the client says about a status, as an object with dates.
function explanation([status, since, until, source, note, staleSince, reason]) {
  const date = (ms) => (ms === undefined ? null : new Date(ms));
  return Object.freeze({
    status,
    since: date(since),
    until: date(until),
    source: source ?? null,
    note: note ?? null,
    stale: staleSince !== undefined,
    staleSince: date(staleSince),
    reason,
  });
}

/**
 * Makes a messenger without waiting for its sign-in, so that elements can show how it gets there.
 * Rejects where the WebAssembly cannot be loaded or an option is wrong.
 */
export async function open(options) {
  const checked = check(options);
  if (typeof document === "undefined") {
    throw new MessengerError(HRESULT.E_NOTIMPL, "connect needs a browser: importing mistatus works here, connecting does not");
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
 * @param {object} options see the types
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
    if (!pageScope.messenger && !pageScope.opening) {
      pageScope.provide(messenger);
    }
    return messenger;
  } catch (error) {
    throw asMessengerError(error);
  }
}

function check(options) {
  if (typeof options !== "object" || options === null) {
    throw invalid("connect takes an object with at least a server");
  }
  const { server, token, signinName, friendlyName, transport = "json", idle, extendedStates, keepTrying, shareConnection } = options;
  if (transport !== "json") {
    throw invalid(`transport must be "json"; it was ${JSON.stringify(transport)}`);
  }
  return { server: streamUrl(server), token, signinName, friendlyName, idle, extendedStates, keepTrying, shareConnection };
}

/** Returns the stream's address: http becomes ws, and what is relative is so to the page. */
export function streamUrl(server) {
  let url;
  try {
    url = new URL(String(server ?? ""), globalThis.document?.baseURI);
  } catch {
    throw invalid(`server must be an address such as wss://presence.example.com/stream; it was ${JSON.stringify(server)}`);
  }
  if (server === undefined || server === null || server === "" || !/^(ws|http)s?:$/.test(url.protocol)) {
    throw invalid(`server must be a ws: or wss: address; it was ${JSON.stringify(server)}`);
  }
  url.protocol = url.protocol.replace("http", "ws");
  url.hash = "";
  return url.href;
}

function invalid(message) {
  return new MessengerError(HRESULT.E_INVALIDARG, message);
}
