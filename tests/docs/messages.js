// Collects from the sources what the product says when something is wrong: to developers in the console and by errors, to
// operators in the log, at the start and by the commands. By where a text stands alone: no message is known here by its
// words.

import { readdir, readFile } from "node:fs/promises";

const ROOT = new URL("../../", import.meta.url);

/** What a language's texts are, and what is none of them. */
const JAVASCRIPT = {
  string: /"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`|'((?:[^'\\\n]|\\.)*)'/gs,
  comment: /\/\*.*?\*\/|^\s*\/\/[^\n]*$/gms,
};
const RUST = { string: /"((?:[^"\\]|\\.)*)"/gs, comment: /^\s*\/\/.*$|^\s*#!?\[(?:\n|.)*?\]$/gm };

/** No message to anybody who has to do something: what went well, what cannot be, what is for the database or the head of a file. */
const OTHERS =
  /\b(?:say|starts|info!|expect|execute\w*|query_row|prepare|pragma_\w+)\(|\bMIGRATIONS: &\[&str\] = &\[|\b(?:ACCEPT|HEADING): &str =|\blet line =/g;

/** Where messages are: as arguments of these calls, or anywhere in a file, but for what stands in the calls `without`. */
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
  {
    // The commands, and what reads the settings and the files that they name.
    ...RUST,
    folder: "crates/server/src",
    ending: ".rs",
    without: OTHERS,
    whole: new RegExp(
      "src/(command/\\w+|config(/\\w+)?|control(/\\w+)?|key(/\\w+)?|keys/\\w+|people(/file)?|service_keys(/\\w+)?|" +
        "webhooks/(file|secret)|store/(access|backup|inspection|restore|tables|unfinished)|" +
        "addresses|backups|logging|origin|outgoing|revoked|server)\\.rs$",
    ),
  },
  {
    // What calls are answered by.
    ...RUST,
    folder: "crates/widget/src",
    ending: ".rs",
    calls: /\b(?:error!|warn_\d|invalid|ok_or|ok_or_else)\(/g,
    without: OTHERS,
    whole: /api\/(arguments|error)\.rs$/,
  },
  { ...RUST, folder: "crates/core/src", ending: ".rs", calls: /\b(?:write!|write_str|trouble)\(/g },
  {
    // What applications in Leptos see in the console, and how XMPP is reached.
    ...RUST,
    folder: "src",
    ending: ".rs",
    calls: /\b(?:error!|complain)\(/g,
    without: OTHERS,
    whole: /shell\/xmpp\.rs$/,
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
  const [opening, closing] = text[from - 1] === "[" ? "[]" : "()";
  let depth = 1;
  let at = from;
  while (depth > 0 && at < text.length) {
    here.lastIndex = at;
    const found = here.exec(text);
    depth += found ? 0 : text[at] === opening ? 1 : text[at] === closing ? -1 : 0;
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
    .filter((piece) => piece.length >= PIECE_MIN && piece.includes(" ") && /[a-z]/.test(piece));

/**
 * Returns a text without what stands behind some words: in brackets, or to the end of the statement.
 *
 * @param {string} text
 * @param {RegExp} words each with the bracket that it opens, if it opens one
 * @param {RegExp} string
 */
function cut(text, words, string) {
  let rest = text;
  for (const { 0: found, index } of [...text.matchAll(words)].reverse()) {
    const from = index + found.length;
    const length = /[([]$/.test(found) ? inBrackets(rest, from, string).length : rest.slice(from).search(/;\n/);
    rest = rest.slice(0, index) + rest.slice(from + length);
  }
  return rest;
}

/** Returns the pieces of all messages, each with the file that it is in. */
export async function messages() {
  const found = [];
  for (const { folder, ending, calls = /$^/g, whole, without = /$^/g, string, comment } of PLACES) {
    for (const file of await files(folder, ending)) {
      const [source] = (await readFile(new URL(file, ROOT), "utf8")).split(/#\[cfg\(test\)\]\nmod \w+ \{/);
      const text = cut(source.replace(comment, ""), without, string);
      const parts = whole?.test(file)
        ? [text]
        : [...text.matchAll(calls)].map((call) => inBrackets(text, call.index + call[0].length, string));
      for (const [, ...forms] of parts.flatMap((part) => [...part.matchAll(string)])) {
        found.push(...pieces(forms.join("")).map((piece) => ({ file, piece })));
      }
    }
  }
  return found;
}
