// What the person card says. The words are those of languages/.

import { fileFor } from "../loading/languages.js";

/** @typedef {{ readonly talk: string, readonly mail: string, readonly close: string }} Words */

/* global __MISTATUS_CARD_WORDS__ */
const WORDS = __MISTATUS_CARD_WORDS__;

/**
 * Returns the words for a language tag; English where there are none.
 * @param {string} tag
 */
export function wordsFor(tag) {
  return WORDS[fileFor(tag) ?? "en"];
}
