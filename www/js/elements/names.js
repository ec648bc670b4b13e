// Sign-in names as people, templates and scripts write them.

const SCHEME = /^(mailto|sips?|im|xmpp):/i;

/**
 * Returns the sign-in name in a text: the scheme of a link before it and how its accents are composed are not part of it.
 * What is no text is not changed.
 * @template Name
 * @param {Name} name
 */
export const unlinked = (name) =>
  typeof name === "string" ? /** @type {Name & string} */ (name.replace(SCHEME, "").normalize()) : name;

/**
 * Returns the sign-in name that a script means: blanks behind it are not part of it either.
 * @template Name
 * @param {Name} name
 */
export const written = (name) => unlinked(typeof name === "string" ? name.trimEnd() : name);

/**
 * Returns the sign-in name that the text of an attribute means: nor are blanks before it.
 * @param {string} text
 */
export const nameIn = (text) => unlinked(text.trim());
