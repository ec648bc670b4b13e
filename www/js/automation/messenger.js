// The Messenger object of the automation API over the WebAssembly client. PascalCase members are that API,
// camelCase members are ours. Checks arguments as documented; what is so with people, groups and messages the client says.

import { Keeper } from "../elements/keeper.js";
import { mount } from "../elements/mount.js";
import { unlinked, written } from "../elements/names.js";
import { LEARN, MOUNT, WINDOW } from "../loading/core.js";
import { invalid, line, oneOf, peopleAmong, person, resolvable, searched, service, somebodyElse } from "./arguments.js";
import { Arrivals } from "./arrivals.js";
import { HRESULT } from "./constants.js";
import { ContactObjects, MessengerContacts } from "./contacts.js";
import { Desk, fail, notImplemented, scripted, subjects } from "./desk.js";
import { eventValues } from "./event-values.js";
import { defineHandlers, eventName, tell } from "./events.js";
import { explanation } from "./explanation.js";
import { GroupObjects, groupName, MessengerGroups } from "./groups.js";
import { lcid } from "./lcid.js";
import { Panels } from "./panels.js";
import { MessengerPrivate } from "./private.js";
import { Viewer } from "./restricted.js";
import { SERVICE_ID, SERVICE_NAME } from "./service.js";
import { MessengerService, MessengerServices } from "./services.js";
import { SigninTroubles } from "./signin-troubles.js";
import { EVENTS, MESSENGER_ACCESS, UNAVAILABLE } from "./tables.js";
import { claims, contactRequests, foundPeople, messages } from "./told.js";
import { wishesOf } from "./wishes.js";

/**
 * @import { ClaimSource, Explanation, IdleOptions, ScriptableMessenger } from "mistatus"
 * @import { Drawing, Drawn, OnShow } from "../elements/mount.js"
 * @import { MiContactListElement, MiConversationElement } from "../elements/elements.js"
 * @import { Glue } from "../loading/wasm.js"
 * @import { Options } from "./connect.js"
 * @import { MessengerContact } from "./contacts.js"
 * @import { EventName } from "./tables.js"
 */

/* global __MISTATUS_VERSION__ */
const VERSION = typeof __MISTATUS_VERSION__ === "string" ? __MISTATUS_VERSION__ : "0.0.0";

/** Values of the enumerations that arguments are checked against (§2.2). */
const MPHONE_TYPE = [-1, 0, 1, 2, 3];
const MUASORT = ["groups", "onoffline"];
const CONVERSATION_TYPE = [1, 2, 4, 8, 16, 32];
const CONVERSATION_TYPE_IM = 1;

/** Events with which somebody else may be signed in than before, or nobody. */
const USER_CHANGES = ["Signin", "Signout", "MyStatusChange"];

/** The root object: one signed-in user. Made by `connect`. */
export class Messenger extends EventTarget {
  static access = MESSENGER_ACCESS;

  #glue;
  #client;
  #desk;
  #panels;
  #wishes;
  #arrivals;
  /** Whether the user is gone whose windows are open. */
  #isOver = false;
  #contacts;
  #groups;
  #services;
  #private;
  #keeper;
  #options;
  #idle;
  /** @type {Map<string, Viewer>} */
  #viewers = new Map();
  #sort = 0;
  /** @type {Promise<this> | undefined} */
  #signedIn;
  #unload;
  #troubles;

  /**
   * @param {Glue} glue
   * @param {Options} options
   */
  constructor(glue, options) {
    super();
    this.#glue = glue;
    this.#options = options;
    this.#idle = { ...options.idle };
    this.#troubles = new SigninTroubles(String(options.server), options.keepTrying === true);
    this.#client = new glue.Client(options, (event, args) => this.#dispatch(event, args));
    const desk = new Desk(this.#client, this);
    this.#desk = desk;
    this.#keeper = new Keeper(this.#client, options, () => [...this.#client.contactKeys(), ...desk.contacts.keys()]);
    subjects.set(this, { desk });
    this.#panels = new Panels(desk);
    this.#wishes = wishesOf(this, desk);
    this.#client.onSigninRequest(this.#wishes.signIn);
    this.#arrivals = options.openOnMessage ? new Arrivals(desk, this.#panels) : undefined;
    this.#contacts = new MessengerContacts(desk, {
      count: () => this.#client.contactCount,
      at: (index) => this.#client.contactKey(index),
      keys: () => this.#client.contactKeys(),
      has: (key) => this.#client.isListed(key),
    });
    this.#groups = new MessengerGroups(desk, () => desk.groups.ids());
    this.#private = new MessengerPrivate(desk);
    Object.assign(desk, {
      contacts: new ContactObjects(desk),
      groups: new GroupObjects(desk),
      service: new MessengerService(desk),
      tagged: new Set(),
      groupsOf: (/** @type {string} */ key) => new MessengerGroups(desk, () => desk.groups.idsOf(key)),
      announce: (/** @type {EventName} */ name, /** @type {unknown[]} */ values) => this.#announce(name, values),
      consent: (/** @type {string} */ question) => (options.confirm ?? globalThis.confirm)(question) === true,
    });
    this.#services = new MessengerServices(desk, desk.service);
    this.#unload = (/** @type {PageTransitionEvent} */ event) => event.persisted || this.#announce("AppShutdown", []);
    addEventListener("pagehide", this.#unload);
  }

  /**
   * Settles with the sign-in: this messenger, or a `MessengerError`. After a failure, asking again waits for the next.
   * @returns {Promise<this>}
   */
  get signedIn() {
    if (!this.#signedIn) {
      const signedIn = (this.#client.isSignedIn ? Promise.resolve() : this.#client.signin()).then(
        () => this,
        (error) => {
          throw this.#troubles.explain(error);
        },
      );
      this.#signedIn = signedIn;
      signedIn.catch(() => {
        this.#signedIn = undefined;
      });
    }
    return /** @type {Promise<this>} */ (this.#signedIn);
  }

  /** HRESULT of the last call of a PascalCase member: S_FALSE throws nothing and is seen only here. */
  get lastHResult() {
    return this.#desk.last;
  }

  // Signing in and out.

  /** Starts to sign in with what the page gave; S_FALSE when somebody is signed in. OnSignin and OnMyStatusChange tell. */
  AutoSignin() {
    if (this.#client.isSignedIn) {
      this.#desk.nothingDone();
      return;
    }
    if (this.#options.token === undefined && this.#options.signinName === undefined) {
      throw fail(HRESULT.E_FAIL, "there is neither a token nor a sign-in name to sign in with");
    }
    // The events tell; a second attempt beside the first is none.
    this.#client.signin().catch(() => {});
  }

  /**
   * Asks the page to let the user sign in, by the event `signin-request`; the arguments are ignored, as for scripts.
   * @param {unknown} _hwndParent
   * @param {unknown} [_signinName]
   * @param {unknown} [_password]
   */
  Signin(_hwndParent, _signinName, _password) {
    if (this.#client.isSignedIn) {
      this.#desk.nothingDone();
      return;
    }
    this.#desk.askPage("signin-request");
  }

  /** Starts to sign out. */
  Signout() {
    this.#client.signout();
  }

  // Oneself.

  /** Own MISTATUS: the last that the server confirmed, or a LOCAL_ value on the way. Setting only starts: the verdict comes in OnMyStatusChange. */
  get MyStatus() {
    return this.#client.myStatus;
  }

  set MyStatus(status) {
    this.#client.putMyStatus(status);
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

  get Services() {
    return this.#services;
  }

  /**
   * Answers E_NOTIMPL: there are no telephone numbers.
   * @param {unknown} _type
   * @returns {never}
   */
  MyPhoneNumber(_type) {
    throw notImplemented("MyPhoneNumber");
  }

  /**
   * Reserved: answers E_INVALIDARG.
   * @param {unknown} _property
   * @returns {never}
   */
  MyProperty(_property) {
    throw invalid("there are no properties of one's own");
  }

  /**
   * Reserved: answers E_INVALIDARG.
   * @param {unknown} _property
   * @param {unknown} _value
   * @returns {never}
   */
  setMyProperty(_property, _value) {
    throw invalid("there are no properties of one's own");
  }

  /**
   * Returns the version (0) or the locale id of the user's language (1).
   * @param {number} property
   */
  Property(property) {
    oneOf([0, 1], property, "MMESSENGERPROPERTY");
    return property === 0 ? VERSION : lcid(navigator.language);
  }

  /**
   * Reserved: answers E_INVALIDARG.
   * @param {unknown} _property
   * @param {unknown} _value
   * @returns {never}
   */
  setProperty(_property, _value) {
    throw invalid("properties of the messenger cannot be set");
  }

  /**
   * Answers E_NOTIMPL: pages have no folders.
   * @returns {never}
   */
  get ReceiveFileDirectory() {
    throw notImplemented("ReceiveFileDirectory");
  }

  /**
   * Returns -1 for the inbox: there is none; nothing while signed out.
   * @param {unknown} folder
   */
  UnreadEmailCount(folder) {
    if (folder !== 0) {
      throw fail(HRESULT.E_FAIL, "only the inbox (0) is counted");
    }
    return this.#desk.nothingDone(this.#client.isSignedIn ? -1 : undefined);
  }

  // People.

  /**
   * Returns the contact of that name; null while signed out, as scripts were told.
   * @param {unknown} signinName
   * @param {unknown} [serviceId]
   */
  GetContact(signinName, serviceId) {
    const key = this.#client.getContact(unlinked(signinName), serviceId);
    return key === undefined ? this.#desk.nothingDone(null) : this.#desk.contacts.of(key);
  }

  get MyContacts() {
    return this.#contacts;
  }

  /**
   * Asks the server to put somebody on the list; the verdict arrives in OnContactListAdd. Without a name, or for other
   * people's scripts, the contact list's own way of adding is opened, where the user decides. The first argument is ignored.
   * @param {unknown} _hwndParent
   * @param {string | null} [signinName]
   */
  AddContact(_hwndParent, signinName) {
    const name = written(signinName ?? "");
    if (name !== "") {
      this.#client.signinKey(name);
      if (!this.#desk.caller) {
        this.#client.addContact(name);
        return;
      }
    }
    const list = /** @type {MiContactListElement | null} */ (this.#panels.main.panel.list);
    if (list?.openAdd) {
      this.#panels.main.panel.show();
      if (list.openAdd(name) === false) {
        this.#desk.nothingDone();
      }
    } else {
      this.#desk.askPage("add-contact-request", { signinName: name });
    }
  }

  /**
   * Asks the page to search its directory, by the event `find-contact-request`; E_NOTIMPL where it has none.
   * @param {unknown} _hwndParent
   * @param {unknown} firstName
   * @param {unknown} lastName
   * @param {unknown} [city]
   * @param {unknown} [state]
   * @param {unknown} [country]
   */
  FindContact(_hwndParent, firstName, lastName, city, state, country) {
    const detail = searched(firstName, lastName, city, state, country);
    this.#desk.needSignin();
    this.#desk.askPage("find-contact-request", detail, HRESULT.E_NOTIMPL);
  }

  /**
   * Returns the sign-in name of an e-mail address where it is known here; else "", and later OnContactResolved.
   * @param {number} addressType
   * @param {number} resolutionType
   * @param {unknown} address
   */
  ResolveContact(addressType, resolutionType, address) {
    const { key, isLate } = resolvable(this.#client, addressType, resolutionType, address);
    if (this.#client.isListed(key) || this.#client.contactIsSelf(key)) {
      return this.#client.contactSigninName(key);
    }
    if (isLate) {
      // Sign-in names are addresses: the answer is the question.
      this.#desk.later(() => this.#announce("ContactResolved", [HRESULT.S_OK, addressType, address, address]));
    }
    return this.#desk.nothingDone("");
  }

  get MyGroups() {
    return this.#groups;
  }

  /**
   * Asks the server for a group and returns its object at once; the verdict arrives in OnGroupAdded.
   * @param {unknown} name
   * @param {unknown} [serviceOfGroup]
   */
  CreateGroup(name, serviceOfGroup) {
    if (name === null || name === undefined) {
      throw fail(HRESULT.E_POINTER, "CreateGroup takes a name; it was given none");
    }
    const checked = this.#client.checkGroupName(groupName(name));
    service(this.#desk, serviceOfGroup);
    this.#desk.needSignin();
    return this.#desk.groups.create(checked);
  }

  // Windows.

  /**
   * Opens the conversation with somebody, or brings it back, and returns its window; S_FALSE where the page has no focus.
   * @param {unknown} contact
   */
  InstantMessage(contact) {
    const key = somebodyElse(this.#desk, contact);
    const window = this.#panels.conversation(key);
    window.panel.show();
    return document.hasFocus() ? window.object : this.#desk.nothingDone(window.object);
  }

  /**
   * Opens a conversation; returns its number. The window follows in OnIMWindowCreated.
   * @param {number} type
   * @param {unknown} participants
   * @param {unknown} [_contextualData]
   * @param {unknown} [_subject]
   * @param {unknown} [_conversationIndex]
   * @param {unknown} [_conversationData]
   */
  StartConversation(type, participants, _contextualData, _subject, _conversationIndex, _conversationData) {
    oneOf(CONVERSATION_TYPE, type, "CONVERSATION_TYPE");
    const people = peopleAmong(participants);
    const keys = new Set(people.map((one) => person(this.#desk, one)));
    this.#desk.needSignin();
    if (type !== CONVERSATION_TYPE_IM) {
      throw fail(HRESULT.MSGR_E_POLICY_RESTRICTED, "conversations are text only");
    }
    if (keys.size > 1) {
      throw fail(HRESULT.MSGR_E_SESSION_FULL, "a conversation is between two people");
    }
    if (keys.size === 0) {
      // Nobody named: the user chooses from the list.
      this.#panels.main.panel.show();
      return this.#desk.nothingDone(0);
    }
    const window = this.#panels.conversation(somebodyElse(this.#desk, people[0]));
    window.panel.show();
    return window.panel.handle;
  }

  /** The main window: the page's contact list, or one that is made when it is first shown. */
  get Window() {
    return this.#panels.main.object;
  }

  /** How the contact list is ordered: by groups (0), or by who is there (1). */
  get ContactsSortOrder() {
    this.#desk.needSignin();
    const shown = MUASORT.indexOf(/** @type {string} */ (this.#lists()[0]?.getAttribute("sort")));
    return shown < 0 ? this.#sort : shown;
  }

  set ContactsSortOrder(order) {
    oneOf([0, 1], order, "MUASORT");
    this.#desk.needSignin();
    this.#sort = order;
    for (const list of this.#lists()) {
      list.setAttribute("sort", MUASORT[order]);
    }
  }

  /**
   * Asks the page to show its options, by the event `options-request`; E_FAIL where it has none.
   * @param {unknown} _hwndParent
   * @param {unknown} [page]
   */
  OptionsPages(_hwndParent, page) {
    this.#desk.askPage("options-request", { page: Number.isInteger(page) ? page : 0 });
  }

  /**
   * Checks whom to send a file to; there are no files: E_NOTIMPL.
   * @param {unknown} contact
   * @param {unknown} [fileName]
   * @returns {never}
   */
  SendFile(contact, fileName) {
    somebodyElse(this.#desk, contact, () => line(fileName, "the file name", 260));
    throw notImplemented("sending files");
  }

  /**
   * Opens a new mail to somebody in the user's own program; S_FALSE, and nothing, unless the user has just done something.
   * @param {unknown} contact
   */
  SendMail(contact) {
    const key = person(this.#desk, contact);
    this.#desk.needSignin();
    if (navigator.userActivation?.isActive === false) {
      this.#desk.nothingDone();
      return;
    }
    const address = encodeURIComponent(this.#client.contactSigninName(key)).replaceAll("%40", "@");
    Object.assign(document.createElement("a"), { href: `mailto:${address}` }).click();
  }

  /**
   * Checks whom to call, and where; there is no telephone: MSGR_E_PHONESERVICE_UNAVAILABLE.
   * @param {unknown} contact
   * @param {number} type
   * @param {unknown} [number]
   * @returns {never}
   */
  Phone(contact, type, number) {
    somebodyElse(this.#desk, contact, () => {
      oneOf(MPHONE_TYPE, type, "MPHONE_TYPE");
      line(number, "the number", 256);
    });
    throw fail(HRESULT.MSGR_E_PHONESERVICE_UNAVAILABLE, "there is no telephone service");
  }

  /** Adds people without asking the user. Ours is the way to it: it was an object of its own. */
  get messengerPrivate() {
    return this.#private;
  }

  // Ours.

  /**
   * Returns this messenger for other people's scripts: with the members that the documentation calls scriptable at a
   * level of trust; the rest answers E_NOTIMPL. The same object each time.
   * @param {"page" | "trusted"} level
   * @param {{ sendText?: boolean }} [grants] whether they may write messages, which `trusted` alone does not include
   * @returns {ScriptableMessenger}
   */
  scriptable(level, { sendText = false } = {}) {
    if (level !== "page" && level !== "trusted") {
      throw invalid('scriptable takes "page" or "trusted"');
    }
    const name = `${level} ${Boolean(sendText)}`;
    let viewer = this.#viewers.get(name);
    if (!viewer) {
      viewer = new Viewer(this.#desk, level, Boolean(sendText));
      this.#viewers.set(name, viewer);
    }
    return /** @type {ScriptableMessenger} */ (/** @type {unknown} */ (viewer.root));
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
   * @returns {Explanation}
   */
  explain(contact) {
    return explanation(this.#client.explain(contact === undefined ? undefined : this.#keyOf(contact)));
  }

  /** Asks the server for one's own status. */
  async queryMyStatus() {
    await this.#client.queryMyStatus();
    return this.#client.myStatus;
  }

  /** Who waits for the user's answer, the longest waiting first; `contact-requests` tells when that changes. */
  get contactRequests() {
    return contactRequests(this.#client.contactRequests());
  }

  /**
   * Lets somebody who asked see the user, or not; resolves once the server has confirmed it.
   * @param {string} signinName
   * @param {boolean} accept
   */
  async answerContactRequest(signinName, accept) {
    await this.#client.answerContactRequest(signinName, Boolean(accept));
  }

  /**
   * Searches the server's directory; resolves to whom that finds.
   * @param {string} text how a sign-in name, a name or a word of it begins
   * @param {number} [limit]
   */
  async findPeople(text, limit) {
    return foundPeople(this.#client, text, limit);
  }

  /**
   * Returns what is known of what was written with somebody, the oldest first; `chat` tells when that changes.
   * @param {MessengerContact | string} contact
   */
  messages(contact) {
    return messages(this.#client.messages(this.#keyOf(contact)));
  }

  /**
   * Writes to somebody; resolves once the server has taken the message on.
   * @param {MessengerContact | string} contact
   * @param {string} text
   */
  async sendMessage(contact, text) {
    await this.#client.sendMessage(this.#client.contactSigninName(this.#keyOf(contact)), text);
  }

  /** What services claim about the user, also for later; `claims-change` tells when that changes. */
  get claims() {
    return claims(this.#client.claims());
  }

  /** Of which kinds of sources the user wants no claim to count. */
  get ignoredClaims() {
    return this.#client.ignoredClaims();
  }

  /**
   * Lets a claim count no longer, until it is made anew with another beginning; resolves once the server has confirmed it.
   * @param {{ service: string, id: string }} claim
   */
  async dismissClaim({ service, id }) {
    await this.#client.dismissClaim(service, id);
  }

  /**
   * Lets claims of one kind of source count no longer, or again; resolves once the server has confirmed it.
   * @param {ClaimSource} source
   */
  async ignoreClaims(source, ignored = true) {
    await this.#client.ignoreClaims(source, ignored);
  }

  /** How many messages the user has not read, on any device; `unread-change` tells when that changes. */
  get unread() {
    return this.#client.unread();
  }

  /**
   * Returns how many messages of somebody the user has not read, on any device.
   * @param {MessengerContact | string} contact
   */
  unreadFrom(contact) {
    return this.#client.unread(this.#keyOf(contact));
  }

  /**
   * Says that the user has before their eyes what `messages` has of somebody: it is read, on all devices.
   * @param {MessengerContact | string} contact
   */
  markRead(contact) {
    this.#client.markRead(this.#keyOf(contact));
  }

  /**
   * Fetches older messages with somebody; resolves to whether there may be more.
   * @param {MessengerContact | string} contact
   */
  async fetchMessages(contact) {
    const key = this.#keyOf(contact);
    await this.#client.fetchMessages(key);
    return this.#client.hasOlderMessages(key);
  }

  /**
   * Says when the user counts as idle. What is not said stays as it is; null is as it was said when connecting.
   * @param {{ [Name in keyof IdleOptions]: IdleOptions[Name] | null }} options
   */
  setIdle(options = {}) {
    const idle = { ...this.#idle };
    const names = /** @type {const} */ (["afterSeconds", "transmit"]);
    for (const name of names.filter((name) => options[name] !== undefined)) {
      /** @type {Record<string, unknown>} */ (idle)[name] = options[name] ?? this.#options.idle?.[name];
    }
    this.#client.setIdle(idle.afterSeconds, idle.transmit ?? true);
    this.#idle = idle;
  }

  /** Ends for good: the connection is closed, OnAppShutdown is told, and all objects are dead. */
  close() {
    if (this.#desk.closed) {
      return;
    }
    this.#desk.closed = true;
    removeEventListener("pagehide", this.#unload);
    this.#arrivals?.end();
    this.#keeper.end();
    this.#client.close();
    this.#desk.later(() => {
      this.#panels.end();
      this.#announce("AppShutdown", []);
    });
    this.#desk.end();
  }

  /**
   * Draws a component into a shadow root; for the elements.
   * @param {ShadowRoot} root
   * @param {Drawing} drawing
   * @param {OnShow} onShow
   * @returns {Drawn}
   */
  [MOUNT](root, drawing, onShow) {
    if (drawing.kind === "list") {
      this.#panels.know(root.host);
    }
    const { converse } = this.#wishes;
    const drawn = mount(this.#glue, this.#client, root, drawing, onShow, this.#keeper, converse);
    return this.#troubles.showBy(root.host, drawn);
  }

  /**
   * Takes an open conversation panel of the page as a window; for the elements.
   * @param {MiConversationElement} element
   */
  [WINDOW](element) {
    this.#panels.adopt(element);
  }

  /**
   * Calls back with the contact of whom something new is known, on the list or not; the last callback wins.
   * @param {(contact: MessengerContact) => void} callback
   */
  [LEARN](callback) {
    this.#client.onPresence((key) => callback(this.#desk.contacts.of(key)));
  }

  // Events are known by both names, so that `OnMyStatusChange` from the documentation works too.
  /**
   * @param {string} type
   * @param {EventListenerOrEventListenerObject | null} listener
   * @param {boolean | AddEventListenerOptions} [options]
   */
  addEventListener(type, listener, options) {
    super.addEventListener(eventName(type), listener, options);
  }

  /**
   * @param {string} type
   * @param {EventListenerOrEventListenerObject | null} listener
   * @param {boolean | AddEventListenerOptions} [options]
   */
  removeEventListener(type, listener, options) {
    super.removeEventListener(eventName(type), listener, options);
  }

  /**
   * @param {string} event
   * @param {(string | number | boolean | undefined)[]} args
   */
  #dispatch(event, args) {
    if (this.#desk.closed) {
      return;
    }
    const name = eventName(event);
    if (this.#troubles.hear(name, args)) {
      return;
    }
    const fields = /** @type {Partial<Record<string, readonly string[]>>} */ (EVENTS)[name];
    if (!fields) {
      this.#tellOurs(name, /** @type {[key?: string, id?: number]} */ (args));
      return;
    }
    const hr = /** @type {number | undefined} */ (args[0]) ?? 0;
    this.#isOver ||= USER_CHANGES.includes(name) && this.#keeper.look(hr);
    // A status on the way to a sign-out may be told after it: windows go before `Signout` (§4.3), and with their user
    // by whatever else that ends.
    if (name === "Signout" || (this.#isOver && (name !== "MyStatusChange" || hr < 0))) {
      this.#isOver = false;
      this.#panels.closeAll();
    }
    const values = eventValues(this.#desk, name, fields, args);
    this.#announce(/** @type {EventName} */ (name), values);
  }

  // To the owner first, then to other people's scripts.
  /**
   * @param {EventName} name
   * @param {unknown[]} values
   */
  #announce(name, values) {
    tell(this, name, values);
    for (const viewer of this.#viewers.values()) {
      viewer.hear(name, values);
    }
  }

  /**
   * @param {string} name
   * @param {[key?: string, id?: number]} args
   */
  #tellOurs(name, [key, id]) {
    const contact = key === undefined ? undefined : this.#desk.contacts.of(key);
    if (name === "message" && this.#client.isListed(/** @type {string} */ (key))) {
      this.#arrivals?.add(/** @type {string} */ (key));
    }
    const detail =
      name === "unread-change" ? { contact, count: this.#client.unread(key), total: this.unread } : { contact, id };
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  #lists() {
    return [...document.querySelectorAll("mi-contact-list")].filter(
      (list) => /** @type {unknown} */ (list.messenger) === this,
    );
  }

  /** @param {MessengerContact | string} contact */
  #keyOf(contact) {
    return typeof contact === "string" ? written(contact) : person(this.#desk, contact);
  }

  static {
    // What is not to be had: the documented answer to scripts, or all that is left of it in a page.
    for (const name of UNAVAILABLE) {
      Object.defineProperty(Messenger.prototype, name, {
        configurable: true,
        writable: true,
        value() {
          throw notImplemented(name);
        },
      });
    }
    defineHandlers(Messenger.prototype);
    scripted(Messenger);
  }
}
