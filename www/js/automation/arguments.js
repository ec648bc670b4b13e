// Checks of arguments, with the errors that the documentation gives them. Decides nothing about people.

import { written } from "../elements/names.js";
import { HRESULT } from "./constants.js";
import { fail, notImplemented, subjects } from "./desk.js";
import { SERVICE_ID } from "./service.js";

/**
 * @import { Client } from "../../../npm/generated/wasm/mistatus.js"
 * @import { Desk } from "./desk.js"
 */

const SERVICE_ID_MAX = 38;

/** Values of the enumerations (§2.2). */
const ADDRESS_TYPE = [1, 2, 3];
const ADDRESS_TYPE_SMTP = 1;
const CONTACT_RESOLUTION_TYPE = [1, 2];
const CONTACT_RESOLUTION_ANY = 2;

/**
 * Returns whom a vContact names: a sign-in name or a contact object of this messenger (§1.4).
 * @param {Desk} desk
 * @param {unknown} contact
 */
export function person(desk, contact) {
  if (typeof contact === "string") {
    const name = written(contact);
    const key = desk.client.signinKey(name);
    desk.client.follow(name);
    return key;
  }
  const subject = subjects.get(contact);
  if (subject?.desk !== desk || subject.key === undefined) {
    throw invalid("a contact is wanted: a sign-in name, or a contact object of this messenger");
  }
  return subject.key;
}

/**
 * Checks whom a call is about: the arguments, that somebody is signed in, that it is not oneself, in this order (§9.3).
 * @param {Desk} desk
 * @param {unknown} contact
 * @param {() => void} [others] checks the other arguments
 * @param {number} [signedOut] what is answered when nobody is signed in
 */
export function somebodyElse(desk, contact, others, signedOut) {
  const key = person(desk, contact);
  others?.();
  desk.needSignin(signedOut);
  if (desk.client.contactIsSelf(key)) {
    throw fail(HRESULT.E_FAIL, "this cannot be done with oneself");
  }
  return key;
}

/**
 * Returns the people among those who are to take part in a conversation: telephone numbers are left out.
 * @param {unknown} participants
 */
export function peopleAmong(participants) {
  if (!Array.isArray(participants)) {
    throw invalid("the participants must be an array of sign-in names and contacts");
  }
  return participants.filter(
    (one) => (typeof one === "string" && !/^tel:/i.test(one)) || subjects.get(one)?.key !== undefined,
  );
}

/**
 * Checks whom a directory is searched for.
 * @param {unknown} firstName
 * @param {unknown} lastName
 * @param {unknown} city
 * @param {unknown} state
 * @param {unknown} country
 */
export function searched(firstName, lastName, city, state, country) {
  const detail = {
    firstName: line(firstName, "the first name", 63, 1),
    lastName: line(lastName, "the last name", 63, 1),
    city: line(city, "the city", 63),
    state: line(state, "the state", 63),
    country: line(country, "the country", 63),
  };
  if (/[^\0-\x7e]/.test(detail.country)) {
    throw invalid("the country must be plain letters");
  }
  return detail;
}

/**
 * Checks a zero-based place in a collection.
 * @param {number} index whatever a script gave
 * @param {number} count
 * @returns {number}
 */
export function place(index, count) {
  if (!Number.isInteger(index) || index < 0) {
    throw invalid(`Item takes an integer from 0 on; it was given ${describe(index)}`);
  }
  if (index >= count) {
    throw fail(HRESULT.E_FAIL, `there is no Item(${index}): there are ${count}`);
  }
  return index;
}

/**
 * Checks what is to be resolved: an e-mail address; returns its key, and whether the answer may come late.
 * @param {Client} client
 * @param {number} addressType
 * @param {number} resolutionType
 * @param {unknown} address
 */
export function resolvable(client, addressType, resolutionType, address) {
  oneOf(ADDRESS_TYPE, addressType, "ADDRESS_TYPE");
  oneOf(CONTACT_RESOLUTION_TYPE, resolutionType, "CONTACT_RESOLUTION_TYPE");
  const key = client.signinKey(written(address));
  if (addressType !== ADDRESS_TYPE_SMTP) {
    throw notImplemented("this type of address");
  }
  return { key, isLate: resolutionType === CONTACT_RESOLUTION_ANY };
}

/**
 * Checks one of some numbers.
 * @param {readonly number[]} numbers
 * @param {number} value whatever a script gave
 * @param {string} what
 * @returns {number}
 */
export function oneOf(numbers, value, what) {
  if (!numbers.includes(value)) {
    throw invalid(`${what} must be one of ${numbers.join(", ")}; it was ${describe(value)}`);
  }
  return value;
}

/**
 * Checks a text: its length, and that it is on one line. What is absent counts as empty.
 * @param {unknown} text
 * @param {string} what
 * @param {number} max
 * @param {number} [min]
 */
export function line(text, what, max, min = 0) {
  const value = text ?? "";
  if (typeof value !== "string" || value.length < min || value.length > max || /[\r\n]/.test(value)) {
    throw invalid(`${what} must be a text of ${min} to ${max} characters on one line`);
  }
  return value;
}

/**
 * Checks which service is meant: the one there is, by its id or its object; nothing given means it as well.
 * @param {Desk} desk
 * @param {unknown} given
 * @param {number} [unknown] what is answered for another service
 */
export function service(desk, given, unknown = HRESULT.MSGR_E_GROUPS_NOT_ENABLED) {
  if (given === undefined || subjects.get(given)?.service === desk) {
    return;
  }
  if (typeof given !== "string" || given.trim() === "" || given.length > SERVICE_ID_MAX || /[\r\n]/.test(given)) {
    throw invalid("a service is wanted: its id, or its object");
  }
  if (given.toUpperCase() !== SERVICE_ID) {
    throw fail(unknown, "there is no such service");
  }
}

/**
 * Makes the error of a wrong argument.
 * @param {string} message
 */
export function invalid(message) {
  return fail(HRESULT.E_INVALIDARG, message);
}

// An object may have a `toString` that throws.
/** @param {unknown} value */
function describe(value) {
  return typeof value === "object" ? "an object" : String(value);
}
