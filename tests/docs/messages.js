// Collects from the sources what the product says when something is wrong: to developers in the console and by errors, to
// operators in the log and at the start. By where a text stands alone: no message is known here by its words.

import { readdir, readFile } from "node:fs/promises";

const ROOT = new URL("../../", import.meta.url);

/** What a language's texts are, and what is none of them. */
const JAVASCRIPT = {
  string: /"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`|'((?:[^'\\\n]|\\.)*)'/gs,
  comment: /\/\*.*?\*\/|^\s*\/\/[^\n]*$/gms,
};
const RUST = { string: /"((?:[^"\\]|\\.)*)"/gs, comment: /^\s*\/\/.*$/gm };

/** Where messages are: as arguments of these calls, or anywhere in a file that is about nothing else. */
const PLACES = [
  {
    ...JAVASCRIPT,
    folder: "www/js",
    ending: ".js",
    calls: /\b(?:console\.(?:error|warn)|new \w*Error|invalid|failure|fail|complain)\(/g,
    whole: /(no-token|signin-troubles)\.js$/,
  },
  {
    ...RUST,
    folder: "crates/server/src",
    ending: ".rs",
    calls: /\b(?:warn!|error!|fail)\(/g,
    whole: /auth\/error\.rs$/,
  },
];

/** Shorter pieces between two values say nothing by themselves. */
const PIECE_MIN = 12;

/**
 * @param {string} folder
 * @param {string} ending
 */
async function files(folder, ending) {
  const names = await readdir(new URL(folder, ROOT), { recursive: true });
  return names
    .filter((name) => name.endsWith(ending) && !/tests(\/|\.rs)/.test(name))
    .map((name) => `${folder}/${name}`);
}

/**
 * Returns the text between an opening bracket and the one that closes it.
 *
 * @param {string} text
 * @param {number} from behind the opening one
 * @param {RegExp} string
 */
function inBrackets(text, from, string) {
  const here = new RegExp(string, "sy");
  let depth = 1;
  let at = from;
  while (depth > 0 && at < text.length) {
    here.lastIndex = at;
    const found = here.exec(text);
    depth += found ? 0 : text[at] === "(" ? 1 : text[at] === ")" ? -1 : 0;
    at += found?.[0].length ?? 1;
  }
  return text.slice(from, at - 1);
}

/**
 * Returns what a message always has in it, without what is put into it.
 *
 * @param {string} message
 */
const pieces = (message) =>
  message
    .replace(/\\\n\s*/g, "")
    .replaceAll('\\"', '"')
    .split(/\$?\{[^}]*\}/)
    .map((piece) =>
      piece
        .replace(/\s+/g, " ")
        .replace(/^mistatus: /, "")
        .trim(),
    )
    .filter((piece) => piece.length >= PIECE_MIN && piece.includes(" "));

/** Returns the pieces of all messages, each with the file that it is in. */
export async function messages() {
  const found = [];
  for (const { folder, ending, calls, whole, string, comment } of PLACES) {
    for (const file of await files(folder, ending)) {
      const [source] = (await readFile(new URL(file, ROOT), "utf8")).split(/#\[cfg\(test\)\]\nmod \w+ \{/);
      const text = source.replace(comment, "");
      const parts = whole.test(file)
        ? [text]
        : [...text.matchAll(calls)].map((call) => inBrackets(text, call.index + call[0].length, string));
      for (const [, ...forms] of parts.flatMap((part) => [...part.matchAll(string)])) {
        found.push(...pieces(forms.join("")).map((piece) => ({ file, piece })));
      }
    }
  }
  return found;
}
