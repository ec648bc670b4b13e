// What says how to connect: `data-*` attributes of the script tag, and attributes and properties of <mi-messenger>.

/** Their names as options of `connect`, but for those that are no texts. */
export const SETTINGS = [
  "server",
  "tokenUrl",
  "tokenCredentials",
  "signinName",
  "friendlyName",
  "shareConnection",
  "transport",
  "domain",
  "credentials",
  "approval",
];

/**
 * Returns those that something has. No text says as little as an empty one.
 * @param {object} from
 * @returns {Record<string, string | undefined>}
 */
export const settingsOf = (from) =>
  Object.fromEntries(SETTINGS.map((name) => [name, /** @type {Record<string, string>} */ (from)[name] || undefined]));
