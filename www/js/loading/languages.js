// Which file of languages/ a language tag asks for. No texts: those come when they are needed.

/* global __MISTATUS_LANGUAGES__ */
/** The tags of the files but for English, with spaces between, before and after them. */
const FILES = __MISTATUS_LANGUAGES__;

/**
 * Returns the tag of the file for a language tag; nothing where English serves.
 * @param {string} tag
 */
export function fileFor(tag) {
  try {
    const { language, script, region } = new Intl.Locale(tag.replaceAll("_", "-")).maximize();
    // The two that are written in more than one way. Outside of Brazil people write Portuguese as in Portugal.
    /** @type {Record<string, string>} */
    const ways = { zh: `-${script}`, pt: region === "BR" ? "-BR" : "-PT" };
    const file = language + (ways[language] ?? "");
    return FILES.includes(` ${file} `) ? file : undefined;
  } catch {
    // Not a tag.
  }
}
