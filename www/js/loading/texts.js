// Brings the texts of languages into the WebAssembly, each when something is drawn in it: those of languages/, and those that
// the page gives. Where they cannot be had, what is drawn stays in English, and they are asked for again.

import { pageLanguage } from "../elements/page-language.js";
import { pageScope } from "../elements/registry.js";
import { fileFor } from "./languages.js";

/** @import { OwnTexts } from "../elements/registry.js" */

/** @typedef {Readonly<Record<string, string>>} Texts by the keys of languages/en.json */

/**
 * What the WebAssembly does with them.
 * @typedef {(tag: string, texts: string) => void} Add
 */

/** After how long a file that did not come is asked for again, in milliseconds. */
const AGAIN_MS = 60_000;

/** How long what is drawn first waits for the texts of the page's language, in milliseconds. */
const WAIT_MS = 3_000;

/** Stands between keys and texts on their way. */
const SEPARATOR = "\0";

/** @type {Add | undefined} */
let add;

/**
 * Which file each tag asks for.
 * @type {Map<string, string | undefined>}
 */
const asked = new Map();

/**
 * Files that were asked for.
 * @type {Map<string, Promise<void>>}
 */
const files = new Map();

/**
 * Files that could not be had, of which the console has heard.
 * @type {Set<string>}
 */
const missed = new Set();

/** @type {readonly [file: string | undefined, response: Promise<Response> | undefined] | undefined} */
let begun;

/**
 * What the page gave and cannot be.
 * @type {WeakSet<OwnTexts>}
 */
const refused = new WeakSet();

/**
 * Called when there are other texts.
 * @type {Set<() => void>}
 */
const readers = new Set();

/**
 * Takes the answer to a fetch of a file of languages/ that somebody has begun already, if so.
 * @param {string} [file]
 * @param {Promise<Response>} [response]
 */
export function useTexts(file, response) {
  begun = [file, response];
}

/**
 * Calls back whenever there are other texts.
 * @param {() => void} reader
 */
export function onTexts(reader) {
  readers.add(reader);
}

/**
 * Begins with the WebAssembly's side; resolves when the page's language is there, or cannot be had for now, or makes itself
 * waited for.
 * @param {Add} addTexts
 */
export async function beginTexts(addTexts) {
  add = addTexts;
  if (globalThis.document) {
    const language = pageLanguage();
    globalThis.requestIdleCallback?.(() => format(language));
    await Promise.race([learn(language), new Promise((resolve) => setTimeout(resolve, WAIT_MS))]);
  }
  const { texts } = pageScope;
  texts.forEach(teach);
  // Another copy of the library may listen as well.
  const push = texts.push.bind(texts);
  texts.push = (own) => {
    teach(own);
    return push(own);
  };
}

/**
 * Makes a page's first formatter, which takes tens of milliseconds, all others none: while nobody waits for the tooltips.
 * Where a browser has no idle moments, that is when the first tooltip is made.
 * @param {string} language
 */
function format(language) {
  try {
    new Intl.DateTimeFormat(language).format();
  } catch {
    // Not a tag.
  }
}

/**
 * Sees to it that the texts of a language come, once something is drawn in it.
 * @param {string} tag
 */
export function learn(tag) {
  // A thousand elements ask for the same.
  if (!asked.has(tag)) {
    asked.set(tag, fileFor(tag));
  }
  const file = asked.get(tag);
  if (!file) {
    return;
  }
  let learnt = files.get(file);
  if (!learnt) {
    learnt = bring(file);
    files.set(file, learnt);
  }
  return learnt;
}

/** @param {string} file */
async function bring(file) {
  try {
    const early = begun?.[0] === file ? begun[1] : undefined;
    begun = undefined;
    tell(file, await textsOf(file, early));
    // What the page says stands above.
    pageScope.texts.filter((own) => !refused.has(own) && fileFor(own[0]) === file).forEach(tellOwn);
    changed();
  } catch (error) {
    if (!missed.has(file)) {
      missed.add(file);
      console.warn(`mistatus: the texts for "${file}" could not be loaded, English stands in: ${error}`);
    }
    setTimeout(() => {
      files.delete(file);
      changed();
    }, AGAIN_MS);
  }
}

/**
 * Takes over what the page says for a tag.
 * @param {OwnTexts} own
 */
async function teach(own) {
  await learn(own[0]);
  tellOwn(own);
  changed();
}

/** @param {OwnTexts} own */
function tellOwn(own) {
  const [tag, texts] = own;
  try {
    // Throws where it is none.
    new Intl.Locale(tag);
    tell(tag, texts);
  } catch (error) {
    refused.add(own);
    console.error(`mistatus: texts for "${tag}": ${/** @type {Error} */ (error).message}`);
  }
}

/**
 * @param {string} tag
 * @param {Texts} texts
 */
function tell(tag, texts) {
  if (typeof texts !== "object" || !texts) {
    throw new TypeError("they must be an object, with the keys of languages/en.json");
  }
  for (const [key, text] of Object.entries(texts)) {
    if (typeof text !== "string" || text.includes(SEPARATOR)) {
      throw new TypeError(`"${key}" must be a text`);
    }
  }
  /** @type {Add} */ (add)(tag, Object.entries(texts).flat().join(SEPARATOR));
}

function changed() {
  for (const reader of readers) {
    reader();
  }
}

/**
 * Returns the texts of a file of languages/. In what the script tag loads this is another function (npm/bundle.mjs).
 * @param {string} file
 * @param {Promise<Response>} [_early]
 * @returns {Promise<Texts>}
 */
async function textsOf(file, _early) {
  return (await import(`../../../languages/${file}.json`)).default;
}
