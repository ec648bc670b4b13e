// The errors that old pages catch: numbers as Internet Explorer gave them, the code in the message.

/** Result codes of COM and of the script engine, signed. */
export const CODES = Object.freeze({
  E_FAIL: -2147467259,
  E_INVALIDARG: -2147024809,
  CANNOT_CREATE: -2146827859,
  NO_MEMBER: -2146827850,
  MSGR_E_NOT_LOGGED_ON: -2130705634,
});

// In lower case, as Internet Explorer wrote it: pages look for "8100031e" in what `onerror` is told.
/** @param {number} number */
const hex = (number) => `0x${(number >>> 0).toString(16).padStart(8, "0")}`;

// Where a text has it in upper case, as the messenger's own do.
const HEX = /\b0x[\dA-F]{8}\b/g;

/**
 * An error as old pages read it. Those of the messenger have its `code` and `hresult`, too.
 * @typedef {Error & { number: number, description: string, code?: string, hresult?: string }} AutomationError
 */

/**
 * Makes an error with the members that scripts read: `number`, `message` and, as old ones did, `description`.
 * @param {number} number
 * @param {string} message
 * @param {ErrorOptions} [options]
 * @returns {AutomationError}
 */
export function automationError(number, message, options) {
  const error = new Error(message, options);
  return Object.assign(error, { number, description: message });
}

/**
 * Makes an error whose message names its code.
 * @param {keyof typeof CODES} code
 * @param {string} message
 */
export const failure = (code, message) => automationError(CODES[code], `${message} (${code}, ${hex(CODES[code])})`);

/** What is answered while nobody is signed in. */
export const notSignedIn = () => failure("MSGR_E_NOT_LOGGED_ON", "nobody is signed in");

/**
 * What an unknown member answers when it is called or set.
 * @param {string} name
 */
export function noMember(name) {
  return automationError(CODES.NO_MEMBER, `Object doesn't support this property or method: '${name}'`);
}

/** What a ProgID answers behind which there is nothing. */
export function cannotCreate() {
  return automationError(CODES.CANNOT_CREATE, "Automation server can't create object");
}

/**
 * Runs something of the Messenger object; what it throws becomes what scripts caught.
 * @template Value
 * @param {() => Value} action
 */
export function attempt(action) {
  try {
    return action();
  } catch (error) {
    throw asAutomationError(error);
  }
}

/** @param {unknown} error */
function asAutomationError(error) {
  if (!(error instanceof Error) || typeof (/** @type {AutomationError} */ (error).number) !== "number") {
    const message = error instanceof Error ? error.message : String(error);
    return automationError(CODES.E_FAIL, `${message} (E_FAIL, ${hex(CODES.E_FAIL)})`, { cause: error });
  }
  const known = /** @type {AutomationError} */ (error);
  if (known.description === undefined) {
    const code = known.code && known.code !== known.hresult ? `${known.code}, ` : "";
    known.message = `${known.message.replace(HEX, (text) => text.toLowerCase())} (${code}${hex(known.number)})`;
    known.description = known.message;
  }
  return known;
}
