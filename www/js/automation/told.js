// What the client tells of claims, messages, requests and found people, as pages are given it: frozen objects with dates.

/**
 * @import { Claim, ContactRequest, FoundPerson, Message } from "mistatus"
 * @import { Client } from "../../../npm/generated/wasm/mistatus.js"
 */

/**
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

/**
 * @param {ReturnType<Client["messages"]>} told
 * @returns {Message[]}
 */
export function messages(told) {
  return told.map(([id, mine, text, at, delivered]) => Object.freeze({ id, mine, text, at: new Date(at), delivered }));
}

/**
 * @param {ReturnType<Client["contactRequests"]>} told
 * @returns {ContactRequest[]}
 */
export function contactRequests(told) {
  return told.map(([signinName, friendlyName]) => Object.freeze({ signinName, friendlyName }));
}

/**
 * @param {Client} client
 * @param {unknown} text
 * @param {unknown} limit
 */
export async function foundPeople(client, text, limit) {
  /** @type {FoundPerson[]} */
  const people = [];
  await client.findPeople(text, limit, ([signinName, friendlyName = signinName, title = null]) => {
    people.push(Object.freeze({ signinName, friendlyName, title }));
  });
  return people;
}
