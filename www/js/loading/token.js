// Fetches tokens from a page's own endpoint. Tokens go into no address, no log and no message.

/**
 * Returns a function that fetches a token, or undefined without an address.
 * The endpoint answers the token as plain text, or as JSON `{"token": "…"}`.
 * @param {string | undefined} url
 */
export function tokenFrom(url) {
  if (!url) {
    return undefined;
  }
  return async () => {
    const response = await fetch(url, {
      credentials: "same-origin",
      cache: "no-store",
      headers: { accept: "application/json, text/plain" },
    });
    if (!response.ok) {
      throw new Error(`the token endpoint answered ${response.status}`);
    }
    const text = (await response.text()).trim();
    const token = text.startsWith("{") || text.startsWith('"') ? fromJson(text) : text;
    if (typeof token !== "string" || token === "") {
      throw new Error('the token endpoint answered no token: plain text or {"token": "…"} is wanted');
    }
    return token;
  };
}

/** @param {string} text */
function fromJson(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return typeof value === "string" ? value : value?.token;
}
