// Numbers of statuses: MISTATUS as pages for Messenger knew it, and the other numbers of the name control.

/** @import { MessengerContact } from "../automation/contacts.js" */

/** @type {Record<number, number>} */
const FOLDED = { 0x52: 0x0a, 0x72: 0x0a, 0x92: 0x0a, 0x62: 0x22, 0x82: 0x32, 0xa2: 0x12, 0xb2: 0x02 };

/**
 * Returns a MISTATUS for pages that know only Messenger's: Communicator's seven become their next of kin.
 * @param {number} status
 */
export const folded = (status) => FOLDED[status] ?? status;

/** The name control's number for whom nothing is known. */
export const NAME_OFFLINE = 1;

const BLOCKED = 18;
const BUSY_IDLE = 19;

/** @type {Record<number, number>} */
const NAME_NUMBERS = {
  0x02: 0,
  0x22: 2,
  0x0a: 3,
  0x0e: 4,
  0x32: 5,
  0x42: 6,
  0x52: 7,
  0x62: 8,
  0x72: 9,
  0x92: 9,
  0x82: 10,
  0x12: 16,
  0xa2: 16,
  0xb2: 0,
};

// The same with an out-of-office text; what is not here has no number of its own for that.
/** @type {Record<number, number>} */
const OUT_OF_OFFICE = { 0: 11, 1: 12, 2: 13, 3: 14, 4: 13, 5: 14, 6: 13, 7: 14, 8: 13, 9: 15, 10: 14, 16: 17, 19: 20 };

/**
 * Returns the name control's number for a MISTATUS.
 * @param {number} status
 * @param {{ blocked?: boolean, outOfOffice?: boolean, availability?: number }} [more]
 */
export function nameNumber(status, { blocked = false, outOfOffice = false, availability = 0 } = {}) {
  if (blocked) {
    return BLOCKED;
  }
  let number = NAME_NUMBERS[status] ?? NAME_OFFLINE;
  if (number === 3 && availability >= 7500 && availability < 9000) {
    number = BUSY_IDLE;
  }
  return outOfOffice ? (OUT_OF_OFFICE[number] ?? number) : number;
}

// Places in PresenceProperties.
const AVAILABILITY = 1;
const OUT_OF_OFFICE_TEXT = 4;

/**
 * Returns the name control's number for a contact, from whatever its object tells.
 * @param {MessengerContact} contact
 */
export function nameNumberOf(contact) {
  const properties = /** @type {unknown[] | undefined} */ (optional(contact, "PresenceProperties"));
  return nameNumber(contact.Status, {
    blocked: optional(contact, "Blocked") === true,
    outOfOffice: Boolean(properties?.[OUT_OF_OFFICE_TEXT]),
    availability: Number(properties?.[AVAILABILITY]) || 0,
  });
}

/**
 * @param {MessengerContact} contact
 * @param {keyof MessengerContact} name
 */
function optional(contact, name) {
  try {
    return contact[name];
  } catch {
    // Not told to this page: then it makes no difference either.
    return undefined;
  }
}
