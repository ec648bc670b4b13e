// The error that every failing HRESULT becomes in script. Must not know what failed; makes and recognises only.

import { HRESULT } from "./constants.js";

/** The error that a failing call throws or rejects with; it carries the HRESULT in three spellings. */
export class MessengerError extends Error {
  /**
   * @param {number} number signed HRESULT
   * @param {string} message what was wrong and what is allowed
   * @param {ErrorOptions} [options]
   */
  constructor(number, message, options) {
    super(message, options);
    this.name = "MessengerError";
    this.number = number | 0;
    this.hresult = `0x${(number >>> 0).toString(16).toUpperCase().padStart(8, "0")}`;
    this.code = nameOf(this.number) ?? this.hresult;
  }

  // Errors that come out of the WebAssembly are told by what they carry, not by their constructor.
  /** @param {unknown} value */
  static [Symbol.hasInstance](value) {
    return isMessengerError(value);
  }
}

/**
 * Whether a caught value is a `MessengerError`, whichever copy of the library made it.
 * @param {unknown} value
 * @returns {value is MessengerError}
 */
export function isMessengerError(value) {
  return (
    value instanceof Error &&
    value.name === "MessengerError" &&
    typeof (/** @type {MessengerError} */ (value).number) === "number"
  );
}

/**
 * Makes any caught value a `MessengerError`; one that is already one stays as it is.
 * @param {unknown} value
 * @param {number} [number]
 * @returns {MessengerError}
 */
export function asMessengerError(value, number = HRESULT.E_FAIL) {
  if (isMessengerError(value)) {
    return value;
  }
  return new MessengerError(number, value instanceof Error ? value.message : String(value), { cause: value });
}

/** @param {number} number */
function nameOf(number) {
  return Object.keys(HRESULT).find((name) => HRESULT[/** @type {keyof typeof HRESULT} */ (name)] === number);
}
