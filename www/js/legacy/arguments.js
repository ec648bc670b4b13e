// Whom a call of an old page is about, and what is wrong with how it says so: the messenger itself checks once it is there.

import { failure } from "./errors.js";

// In which place; such an argument may begin with "sip:", as Communicator's pages wrote people.
/** @type {Record<string, number>} */
const PLACES = {
  addcontact: 1,
  getcontact: 0,
  instantmessage: 0,
  phone: 0,
  sendfile: 0,
  sendmail: 0,
};

/** The longest sign-in name, in UTF-16 units. */
export const NAME_MAX = 129;

/**
 * Returns which argument of a method names a person; undefined where none does.
 * @param {string | undefined} method in any letter case
 * @returns {number | undefined}
 */
export const personArgument = (method) => PLACES[method?.toLowerCase() ?? ""];

/**
 * Takes the scheme off an address of Communicator's.
 * @param {string} name
 */
export const withoutScheme = (name) => name.replace(/^\s*sips?:/i, "");

/**
 * Checks whom a call is about by the rules that need no messenger (§1.4 of the automation API).
 * @param {string} method
 * @param {unknown[]} args
 * @param {(value: unknown) => boolean} [isContact] tells the objects of contacts
 */
export function checkPerson(method, args, isContact = () => false) {
  const place = personArgument(method);
  if (place === undefined) {
    return;
  }
  const given = args[place] ?? "";
  const wrong = typeof given === "string" ? wrongWith(withoutScheme(given)) : !isContact(given) && "it is neither";
  // Without a name, contacts are added by hand.
  if (wrong && !(given === "" && place > 0)) {
    throw failure("E_INVALIDARG", `${method} takes a sign-in name or a contact: ${wrong}`);
  }
}

/** @param {string} name */
function wrongWith(name) {
  if (name === "") {
    return "it was given none";
  }
  if (name.startsWith(" ")) {
    return "the name begins with a space";
  }
  if (/[\r\n]/.test(name)) {
    return "the name has a line break";
  }
  return name.length > NAME_MAX && `the name has ${name.length} characters; ${NAME_MAX} are allowed`;
}
