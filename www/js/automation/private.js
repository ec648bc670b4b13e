// MessengerPrivate: adding somebody without a dialog, and alerts, which are no more.

import { written } from "../elements/names.js";
import { service } from "./arguments.js";
import { HRESULT } from "./constants.js";
import { fail, notImplemented, scripted, subjects } from "./desk.js";
import { PRIVATE_ACCESS } from "./tables.js";

/** @import { Desk } from "./desk.js" */

/** The object that adds people without asking the user, when the page's owner calls it. */
export class MessengerPrivate {
  static access = PRIVATE_ACCESS;

  #desk;

  /** @param {Desk} desk */
  constructor(desk) {
    this.#desk = desk;
    subjects.set(this, { desk });
  }

  /**
   * Asks the server to put somebody on the list; the verdict arrives in OnContactListAdd. Other people's scripts need the user's consent.
   * @param {unknown} signinName
   * @param {unknown} [serviceId]
   */
  AddContact(signinName, serviceId) {
    const { client, caller } = this.#desk;
    if (signinName === null || signinName === undefined) {
      throw fail(HRESULT.E_POINTER, "AddContact takes a sign-in name; it was given none");
    }
    const name = written(signinName);
    client.signinKey(name);
    service(this.#desk, serviceId || undefined, HRESULT.E_INVALIDARG);
    this.#desk.needSignin();
    if (caller && !this.#desk.consent(`Add ${signinName} to your contacts?`)) {
      throw fail(HRESULT.MSGR_E_API_LOCKED, "the user did not agree");
    }
    client.addContact(name);
  }

  /**
   * Answers E_NOTIMPL: the alert service is no more.
   * @param {unknown} _siteIds
   * @returns {never}
   */
  EnableAlertEvents(_siteIds) {
    throw notImplemented("EnableAlertEvents");
  }
}

scripted(MessengerPrivate);
