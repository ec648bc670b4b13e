// What came in the place of a token, for developers: from where and of what kind, never the text itself, which may hold a
// secret.

/** @import { NoToken } from "../loading/token.js" */

/** Answers by which an endpoint says that nobody is logged in. */
const NOBODY = [204, 401, 403];

/**
 * Wraps a page's function so that what `token.js` throws is null where nobody is logged in, else an error with its reason.
 *
 * @template T
 * @param {T} token as the options have it
 * @param {string} [url] where the tokens come from
 */
export function explained(token, url) {
  if (typeof token !== "function" || !url) {
    return token;
  }
  return async () => {
    try {
      return await token();
    } catch (thrown) {
      // The page's own function has failed.
      if (thrown instanceof Error) {
        throw thrown;
      }
      const { response, text = "", error } = /** @type {NoToken} */ (thrown);
      if (NOBODY.includes(response?.status ?? 0)) {
        return null;
      }
      throw new Error(`${response ? place(response.url || url) : place(url)} ${what(response, text, error)}`);
    }
  };
}

/**
 * @param {Response | undefined} response
 * @param {string} text
 * @param {unknown} error
 */
function what(response, text, error) {
  if (!response) {
    const why = /** @type {Error} */ (error).message;
    return `cannot be asked for a token: ${why}; on another origin it must allow this page by CORS, and not redirect`;
  }
  const came = response.ok ? kind(response, text) : `${response.status}`;
  const from = response.redirected ? ", after a redirect" : "";
  return `answered ${came}${from}, and no token: plain text or {"token": "…"} is wanted`;
}

/**
 * @param {Response} response
 * @param {string} text
 */
function kind({ headers }, text) {
  if (text === "") {
    return "nothing";
  }
  const type = headers.get("content-type") ?? "no content-type";
  return text.startsWith("<") ? `an HTML page (a login page?)` : `${text.length} characters of ${type}`;
}

// A query may hold secrets.
/** @param {string} url */
function place(url) {
  const { origin, pathname } = new URL(url, document.baseURI);
  return origin + pathname;
}
