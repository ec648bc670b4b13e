// What an event passes, made of what the core tells: contacts and groups as objects, everything else as it is.

/**
 * @import { Desk } from "./desk.js"
 */

/**
 * Returns the values of an event's fields.
 * @param {Desk} desk
 * @param {string} name
 * @param {readonly string[]} fields
 * @param {unknown[]} args as the core tells them: people by key, groups by id
 */
export function eventValues(desk, name, fields, args) {
  const hr = /** @type {number} */ (args[0]);
  return fields.map((field, index) => {
    switch (field) {
      case "contact":
        return contactOf(desk, name, hr, /** @type {string} */ (args[index]));
      case "group":
        return groupOf(desk, name, hr, /** @type {number} */ (args[index]), args);
      default:
        return args[index];
    }
  });
}

/**
 * @param {Desk} desk
 * @param {string} name
 * @param {number} hr
 * @param {string} key
 */
function contactOf({ contacts }, name, hr, key) {
  switch (name) {
    case "ContactStatusChange":
      return contacts.listed(key);
    case "ContactListAdd":
      return hr >= 0 ? contacts.listed(key) : contacts.of(key);
    case "ContactListRemove":
      if (hr >= 0) {
        contacts.unlist(key);
      }
      return contacts.of(key);
    default:
      return contacts.of(key);
  }
}

/**
 * @param {Desk} desk
 * @param {string} name
 * @param {number} hr
 * @param {number} id
 * @param {unknown[]} args
 */
function groupOf({ groups }, name, hr, id, args) {
  switch (name) {
    case "GroupAdded":
      return groups.added(hr, id, /** @type {number | undefined} */ (args[2]));
    case "GroupRemoved":
      return hr < 0 ? groups.of(id) : groups.removed(id);
    default:
      return groups.of(id);
  }
}
