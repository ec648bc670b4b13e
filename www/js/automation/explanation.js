// What the client says about a status, as pages are given it.

/**
 * @import { Explanation } from "mistatus"
 * @import { Client } from "../../../npm/generated/wasm/mistatus.js"
 */

/**
 * Returns what the client says about a status as an object with dates.
 * @param {ReturnType<Client["explain"]>} told
 * @returns {Explanation}
 */
export function explanation([status, since, until, source, note, staleSince, reason]) {
  const date = (/** @type {number | undefined} */ ms) => (ms === undefined ? null : new Date(ms));
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
