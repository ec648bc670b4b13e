// The one service, and the collection of it.

import { invalid } from "./arguments.js";
import { Collection } from "./collection.js";
import { scripted, subjects } from "./desk.js";
import { SERVICE_ID, SERVICE_NAME } from "./service.js";
import { SERVICE_ACCESS, SERVICES_ACCESS } from "./tables.js";

/** @import { Desk } from "./desk.js" */

/** The service to which the user is signed in. */
export class MessengerService {
  static access = SERVICE_ACCESS;

  #desk;

  /** @param {Desk} desk */
  constructor(desk) {
    this.#desk = desk;
    subjects.set(this, { desk, service: desk });
  }

  get MyFriendlyName() {
    this.#desk.needSignin();
    return this.#desk.client.myFriendlyName;
  }

  get MySigninName() {
    return this.#desk.client.mySigninName;
  }

  /** Own status: the way of reading it that the documentation prefers. */
  get MyStatus() {
    return this.#desk.client.myStatus;
  }

  /**
   * Reserved: answers E_INVALIDARG.
   * @param {unknown} _property
   * @returns {never}
   */
  Property(_property) {
    throw invalid("services have no properties");
  }

  /**
   * Reserved: answers E_INVALIDARG.
   * @param {unknown} _property
   * @param {unknown} _value
   * @returns {never}
   */
  setProperty(_property, _value) {
    throw invalid("services have no properties");
  }

  get ServiceID() {
    return SERVICE_ID;
  }

  get ServiceId() {
    return SERVICE_ID;
  }

  get ServiceName() {
    return SERVICE_NAME;
  }
}

/**
 * The list of services, which has exactly one.
 * @extends {Collection<MessengerService>}
 */
export class MessengerServices extends Collection {
  static access = SERVICES_ACCESS;

  #service;

  /**
   * @param {Desk} desk
   * @param {MessengerService} service
   */
  constructor(desk, service) {
    super({ count: () => 1, at: () => service, all: () => [service] });
    this.#service = service;
    subjects.set(this, { desk });
  }

  get PrimaryService() {
    return this.#service;
  }
}

scripted(MessengerService);
scripted(MessengerServices);
