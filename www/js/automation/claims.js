// What services claim about the user, as pages are given it.

/**
 * @import { Claim } from "mistatus"
 * @import { Client } from "../../../npm/generated/wasm/mistatus.js"
 */

/**
 * Returns what the client says about claims as objects with dates.
 * @param {ReturnType<Client["claims"]>} told
 * @returns {Claim[]}
 */
export function claims(told) {
  return told.map(([service, id, source, status, note, from, until, dismissed, inForce]) =>
    Object.freeze({
      service,
      id,
      source,
      status,
      note: note ?? null,
      from: new Date(from),
      until: new Date(until),
      dismissed,
      inForce,
    }),
  );
}
