// Groups and their collections as the automation API has them. Every answer comes from the client.

import { invalid, person } from "./arguments.js";
import { Collection } from "./collection.js";
import { HRESULT } from "./constants.js";
import { MessengerContacts } from "./contacts.js";
import { fail, scripted, subjects } from "./desk.js";
import { GROUP_ACCESS, GROUPS_ACCESS } from "./tables.js";

/** @import { Desk, Subject } from "./desk.js" */

/** What the group is called that holds who is in no other. It can be neither renamed nor deleted. */
export const OTHER_CONTACTS = "Other Contacts";

/** The id of that group, where the others have the server's number. */
const OTHER = -1;

/**
 * What the object of a group stands for.
 *
 * @typedef {object} Group
 * @property {number | undefined} id its number, undefined while the server has not confirmed it
 * @property {string} name kept for the time after it is gone
 */

/** @typedef {Subject & { group: Group }} GroupSubject */

/** A group. The object outlives the group's removal; calls that need the group fail then. */
export class MessengerGroup {
  static access = GROUP_ACCESS;

  #desk;
  #group;
  #contacts;

  /**
   * @param {Desk} desk
   * @param {Group} group
   */
  constructor(desk, group) {
    this.#desk = desk;
    this.#group = group;
    const keys = () => desk.groups.members(group.id);
    this.#contacts = new MessengerContacts(desk, { keys, has: (key) => keys().includes(key) });
    subjects.set(this, { desk, group });
  }

  /**
   * Starts putting somebody into the group; OnContactAddedToGroup tells the verdict.
   * @param {unknown} contact
   */
  AddContact(contact) {
    this.#setMember(contact, true);
  }

  /**
   * Starts taking somebody out of it; OnContactRemovedFromGroup tells the verdict.
   * @param {unknown} contact
   */
  RemoveContact(contact) {
    this.#setMember(contact, false);
  }

  /** Who is in the group. */
  get Contacts() {
    return this.#contacts;
  }

  /** Name. Setting starts: OnGroupNameChanged tells the verdict. */
  get Name() {
    this.#desk.needSignin();
    return this.#desk.groups.nameOf(this.#group);
  }

  set Name(name) {
    const { client } = this.#desk;
    const checked = client.checkGroupName(groupName(name));
    this.#desk.needSignin();
    if (this.#group.id === OTHER) {
      throw fail(HRESULT.MSGR_E_CANNOT_RENAME, `${OTHER_CONTACTS} is always called so`);
    }
    client.renameGroup(this.#known(HRESULT.MSGR_E_GROUP_DOES_NOT_EXIST), checked);
  }

  get Service() {
    return this.#desk.service;
  }

  /**
   * @param {unknown} contact
   * @param {boolean} member
   */
  #setMember(contact, member) {
    const key = person(this.#desk, contact);
    this.#desk.needSignin();
    if (this.#group.id === OTHER) {
      throw fail(HRESULT.E_FAIL, `${OTHER_CONTACTS} holds who is in no group: nobody is put there or taken out`);
    }
    const id = this.#known(HRESULT.E_FAIL);
    if (!this.#desk.client.isListed(key)) {
      throw fail(HRESULT.MSGR_E_USER_NOT_FOUND, "only contacts on the list can be in groups");
    }
    this.#desk.client.setGroupMember(id, key, member);
  }

  /** @param {number} number */
  #known(number) {
    const { id } = this.#group;
    if (id === undefined || this.#desk.client.groupName(id) === undefined) {
      throw fail(number, "the group is gone, or not confirmed yet");
    }
    return id;
  }
}

/** The objects of groups, one each, which also pairs those that were asked for with the server's answers. */
export class GroupObjects {
  #desk;
  /** @type {Map<number, MessengerGroup>} */
  #known = new Map();
  /** @type {Map<number | undefined, MessengerGroup>} */
  #asked = new Map();

  /** @param {Desk} desk */
  constructor(desk) {
    this.#desk = desk;
  }

  /**
   * Returns the object of a group.
   * @param {number} id
   */
  of(id) {
    let object = this.#known.get(id);
    if (!object) {
      object = new MessengerGroup(this.#desk, { id, name: id === OTHER ? OTHER_CONTACTS : "" });
      this.#known.set(id, object);
    }
    this.nameOf(/** @type {GroupSubject} */ (subjects.get(object)).group);
    return object;
  }

  /**
   * Returns a group's name, and keeps it for the time after the group is gone.
   * @param {Group} group
   */
  nameOf(group) {
    if (group.id !== undefined && group.id !== OTHER) {
      group.name = this.#desk.client.groupName(group.id) ?? group.name;
    }
    return group.name;
  }

  /** Returns the groups' numbers; the one for all who are in no other comes last. None while signed out. */
  ids() {
    const { client } = this.#desk;
    return client.isSignedIn ? [...client.groupIds(), OTHER] : [];
  }

  /**
   * Returns the keys of who is in a group.
   * @param {number | undefined} id
   */
  members(id) {
    const { client } = this.#desk;
    if (id !== OTHER) {
      return id === undefined ? [] : client.groupMembers(id);
    }
    const grouped = new Set([...client.groupIds()].flatMap((group) => client.groupMembers(group)));
    return client.contactKeys().filter((key) => !grouped.has(key));
  }

  /**
   * Returns the numbers of the groups that somebody is in.
   * @param {string} key
   */
  idsOf(key) {
    const { client } = this.#desk;
    const ids = [...client.groupIds()].filter((id) => client.groupMembers(id).includes(key));
    return ids.length === 0 && client.isListed(key) ? [OTHER] : ids;
  }

  /**
   * Asks the server for a group; the object stands for it from now on. Where the name is taken, that group is returned.
   * @param {string} name
   */
  create(name) {
    const { client } = this.#desk;
    const taken = this.ids().find((id) => /** @type {GroupSubject} */ (subjects.get(this.of(id))).group.name === name);
    const group = taken === undefined ? new MessengerGroup(this.#desk, { id: undefined, name }) : this.of(taken);
    if (taken === OTHER) {
      this.#desk.later(() => this.#desk.announce("GroupAdded", [HRESULT.MSGR_E_GROUP_ALREADY_EXISTS, group]));
    } else {
      this.#asked.set(client.createGroup(name), group);
    }
    return group;
  }

  /**
   * Returns the object for the server's answer to a request, or for what another device did.
   * @param {number} hr
   * @param {number | undefined} id
   * @param {number | undefined} request
   * @returns {MessengerGroup | null}
   */
  added(hr, id, request) {
    const asked = this.#asked.get(request);
    this.#asked.delete(request);
    if (hr < 0 || id === undefined) {
      return asked ?? null;
    }
    if (asked && !this.#known.has(id)) {
      /** @type {GroupSubject} */ (subjects.get(asked)).group.id = id;
      this.#known.set(id, asked);
    }
    return this.of(id);
  }

  /**
   * Returns the object of a group that is gone, and lets go of it.
   * @param {number} id
   */
  removed(id) {
    const group = this.of(id);
    this.#known.delete(id);
    return group;
  }
}

/**
 * A live collection of groups.
 * @extends {Collection<MessengerGroup>}
 */
export class MessengerGroups extends Collection {
  static access = GROUPS_ACCESS;

  #desk;
  #ids;

  /**
   * @param {Desk} desk
   * @param {() => number[]} ids the groups' numbers
   */
  constructor(desk, ids) {
    super({
      count: () => ids().length,
      at: (index) => desk.groups.of(ids()[index]),
      all: () => ids().map((id) => desk.groups.of(id)),
    });
    this.#desk = desk;
    this.#ids = ids;
    subjects.set(this, { desk });
  }

  /**
   * Asks the server to end a group; the verdict arrives in OnGroupRemoved.
   * @param {unknown} group
   */
  Remove(group) {
    if (group === null || group === undefined) {
      throw fail(HRESULT.E_POINTER, "Remove takes a group; it was given none");
    }
    const subject = subjects.get(group);
    if (!subject?.group) {
      throw invalid("Remove takes a group");
    }
    this.#desk.needSignin(HRESULT.MSGR_E_CONNECT);
    const { id } = subject.group;
    if (subject.desk !== this.#desk || !this.#ids().includes(/** @type {number} */ (id))) {
      throw fail(HRESULT.E_FAIL, "that group is not in this collection");
    }
    if (id === OTHER) {
      throw fail(HRESULT.MSGR_E_CANNOT_DELETE, `${OTHER_CONTACTS} cannot be deleted`);
    }
    this.#desk.client.removeGroup(/** @type {number} */ (id));
  }
}

/**
 * Returns a group's name as a text; anything else is none.
 * @param {unknown} name
 */
export function groupName(name) {
  if (typeof name !== "string") {
    throw invalid("the name of a group must be a text");
  }
  return name;
}

scripted(MessengerGroup);
scripted(MessengerGroups);
