// Fetches tokens from a page's own endpoint. Tokens go into no address, no log and no message. What came in the place of
// one is explained by what is loaded later (../automation/no-token.js): this must stay small.

/**
 * What came in the place of a token: an answer, or the failure to get one.
 * @typedef {{ response?: Response, text?: string, error?: unknown }} NoToken
 */

/** What is a token: one line that is no HTML, and fits into a frame. */
const TOKEN = /^(?!<).{1,60000}$/;

/**
 * Returns a function that fetches a token, or undefined without an address.
 * The endpoint answers the token as plain text, or as JSON `{"token": "…"}`; the function throws a {@link NoToken} for
 * everything else.
 * @param {string | undefined} url
 * @param {string} [credentials] with which cookies to ask, as for `fetch`
 */
export function tokenFrom(url, credentials = "same-origin") {
  if (!url) {
    return undefined;
  }
  return async () => {
    /** @type {NoToken} */
    const answer = {};
    try {
      const response = await fetch(url, {
        credentials: /** @type {RequestCredentials} */ (credentials),
        cache: "no-store",
        headers: { accept: "application/json, text/plain" },
      });
      answer.response = response;
      const text = (await response.text()).trim();
      answer.text = text;
      const value = /^[{"]/.test(text) ? JSON.parse(text) : text;
      const token = value.token ?? value;
      if (response.ok && token.match(TOKEN)) {
        return /** @type {string} */ (token);
      }
    } catch (error) {
      answer.error = error;
    }
    throw answer;
  };
}
