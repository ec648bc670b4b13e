// The array PresenceProperties of Communicator 2007: what is known of a contact, and how one's own is published (§5).

import { invalid } from "./arguments.js";
import { HRESULT, MISTATUS } from "./constants.js";
import { fail } from "./desk.js";

/**
 * @import { Client } from "../../../npm/generated/wasm/mistatus.js"
 * @import { Desk } from "./desk.js"
 */

/** Places in the array, by PRESENCE_PROPERTY. */
const MSTATE = 0;
const AVAILABILITY = 1;
const NOTE = 3;
const CUSTOM_STATUS_STRING = 6;
const LENGTH = 11;
const LENGTH_MIN = 8;

/**
 * What stands for a status among the availability numbers: values that were sent in practice.
 * @type {Record<number, number>}
 */
const AVAILABILITIES = {
  [MISTATUS.OFFLINE]: 18_500,
  [MISTATUS.INVISIBLE]: 18_500,
  [MISTATUS.ONLINE]: 3_500,
  [MISTATUS.CUSTOM]: 3_500,
  [MISTATUS.IDLE]: 5_000,
  [MISTATUS.MAY_BE_AVAILABLE]: 5_000,
  [MISTATUS.BUSY]: 6_500,
  [MISTATUS.ON_THE_PHONE]: 6_500,
  [MISTATUS.IN_A_MEETING]: 6_500,
  [MISTATUS.IN_A_CONFERENCE]: 6_500,
  [MISTATUS.DO_NOT_DISTURB]: 9_500,
  [MISTATUS.ALLOW_URGENT_INTERRUPTIONS]: 9_500,
  [MISTATUS.BE_RIGHT_BACK]: 12_500,
  [MISTATUS.AWAY]: 15_500,
  [MISTATUS.OUT_TO_LUNCH]: 15_500,
  [MISTATUS.OUT_OF_OFFICE]: 15_500,
};

// A custom status is an available, a busy or an undisturbed one; the yellow range is not for it.
const CUSTOM_MIN = 3_000;
const CUSTOM_MAX = 11_999;

/**
 * Returns what is known of somebody.
 * @param {Client} client
 * @param {string} key
 * @returns {unknown[]}
 */
export function presenceProperties(client, key) {
  const values = new Array(LENGTH).fill(null);
  if (!client.isSignedIn) {
    return values;
  }
  const self = client.contactIsSelf(key);
  const [status, , , , note = null] = client.explain(self ? undefined : key);
  const name = client.contactFriendlyName(key);
  values[MSTATE] = status;
  values[AVAILABILITY] = AVAILABILITIES[status] ?? null;
  values[2] = client.isBlocked(key);
  values[NOTE] = note;
  values[4] = status === MISTATUS.OUT_OF_OFFICE ? note : null;
  values[5] = note === null ? name : `${name} – ${note}`;
  values[CUSTOM_STATUS_STRING] = status === MISTATUS.CUSTOM ? note : null;
  return values;
}

/**
 * Publishes status and note of oneself; what is null in the array stays as it is.
 * @param {Desk} desk
 * @param {string} key
 * @param {unknown} values
 */
export function publish(desk, key, values) {
  const { client } = desk;
  if (!Array.isArray(values) || values.length < LENGTH_MIN || values.length > LENGTH) {
    throw invalid(`PresenceProperties takes an array of ${LENGTH_MIN} to ${LENGTH} elements`);
  }
  const custom = text(values[CUSTOM_STATUS_STRING], "the custom status");
  const availability = values[AVAILABILITY] ?? null;
  let note = text(values[NOTE], "the note");
  let status = values[MSTATE] ?? MISTATUS.UNKNOWN;
  if (status === MISTATUS.UNKNOWN && (custom !== null || availability !== null)) {
    // Its code has no number of its own; E_INVALIDARG is what it is known by.
    if (custom === null || !(availability >= CUSTOM_MIN && availability <= CUSTOM_MAX)) {
      throw invalid(`a custom status needs its text and an availability of ${CUSTOM_MIN} to ${CUSTOM_MAX}`);
    }
    status = MISTATUS.CUSTOM;
    note ??= custom;
  }
  desk.needSignin();
  if (!client.contactIsSelf(key)) {
    throw fail(HRESULT.E_ACCESSDENIED, "one can publish nothing for somebody else");
  }
  const [now, , until, , said] = client.explain();
  if (status === MISTATUS.UNKNOWN) {
    // Idleness was found out, not chosen: under it lies ONLINE.
    status = now === MISTATUS.IDLE ? MISTATUS.ONLINE : now;
  }
  client.putPresence(status, note ?? said, status === now ? until : undefined);
}

/**
 * @param {unknown} value
 * @param {string} what
 */
function text(value, what) {
  if (value !== undefined && value !== null && typeof value !== "string") {
    throw invalid(`${what} must be a text`);
  }
  return value ?? null;
}
