// The page around what a Markdown file says: head, navigation, search, contents of the page, what comes before and after.

import path from "node:path";

import { DECISIONS } from "./pages.mjs";

/**
 * @import { Page } from "./pages.mjs"
 * @import { Section } from "./markdown.mjs"
 */

/** @param {string} text */
export const escape = (text) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** Fewest sections for which a page has contents. */
const CONTENTS_MIN = 3;

/**
 * @param {object} parts
 * @param {Page} parts.page
 * @param {Page[]} parts.pages
 * @param {string} parts.html
 * @param {Section[]} parts.sections
 * @param {string} parts.description
 * @param {{ html: string, script: string }} [parts.example] what stands behind the first paragraph
 */
export function layout({ page, pages, html, sections, description, example }) {
  const root = path.posix.relative(path.posix.dirname(page.address), "") || ".";
  const to = (/** @type {string} */ address) => `${root}/${address}`;
  const title = page.address === "index.html" ? "mistatus: presence for any web page" : `${page.title} · mistatus`;
  const [opening, rest] = split(html);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${escape(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="${escape(description)}">
<link rel="icon" href="${to("assets/icon.svg")}" type="image/svg+xml">
<link rel="stylesheet" href="${to("assets/site.css")}">
<link rel="stylesheet" href="${to("assets/code.css")}">
<script src="${to("assets/scripted.js")}"></script>
<script type="module" src="${to("assets/site.js")}"></script>${example ? `\n<script type="module" src="${to(example.script)}"></script>` : ""}
</head>
<body data-root="${root}/">
<a class="skip" href="#content">Skip to the content</a>
<header class="top">
<a class="home" href="${to("index.html")}"><img src="${to("assets/icon.svg")}" alt="" width="28" height="28"> mistatus</a>
<form class="search" role="search">
<label class="hidden" for="search">Search the documentation</label>
<input id="search" type="search" placeholder="Search" autocomplete="off" spellcheck="false" aria-keyshortcuts="/">
<div class="results" hidden>
<p role="status"></p>
<ul></ul>
</div>
</form>
<button class="menu" type="button" aria-expanded="false" aria-controls="pages">Pages</button>
</header>
<div class="columns">
<nav id="pages" class="pages" aria-label="Documentation">
${navigation(page, pages, to)}
</nav>
<main id="content" tabindex="-1">
${opening}${contents(sections)}${example?.html ?? ""}${rest}${neighbours(page, pages, to)}
</main>
</div>
</body>
</html>
`;
}

/**
 * Parts a page behind its heading and first paragraph.
 *
 * @param {string} html
 */
function split(html) {
  const end = html.indexOf("</p>") + "</p>\n".length;
  const heading = html.indexOf("</h1>") + "</h1>\n".length;
  const isParagraph = html.startsWith("<p>", heading);
  const at = isParagraph ? end : heading;
  return [html.slice(0, at), html.slice(at)];
}

/**
 * @param {Page} page
 * @param {Page[]} pages
 * @param {(address: string) => string} to
 */
function navigation(page, pages, to) {
  const names = [...new Set(pages.map(({ group }) => group))];
  return names
    .filter(Boolean)
    .map((group, index) => {
      const links = pages
        .filter((one) => one.group === group)
        .map((one) => {
          // A decision has no place of its own here.
          const isParent = one.source === DECISIONS && page.group === "";
          const current = one === page ? ' aria-current="page"' : isParent ? ' aria-current="true"' : "";
          return `<li><a href="${to(one.address)}"${current}>${escape(one.label)}</a></li>`;
        });
      return `<h2 id="group-${index}">${group}</h2>\n<ul aria-labelledby="group-${index}">\n${links.join("\n")}\n</ul>`;
    })
    .join("\n");
}

/** @param {Section[]} sections */
function contents(sections) {
  const shown = sections.filter(({ level }) => level === 2);
  if (shown.length < CONTENTS_MIN) {
    return "";
  }
  const lines = shown.map(({ id, title }) => `<li><a href="#${id}">${escape(title)}</a></li>`);
  return `<nav class="contents" aria-label="On this page"><details>
<summary>On this page</summary>
<ul>
${lines.join("\n")}
</ul>
</details></nav>
`;
}

/**
 * @param {Page} page
 * @param {Page[]} pages
 * @param {(address: string) => string} to
 */
function neighbours(page, pages, to) {
  const family = pages.filter(({ group }) => Boolean(group) === Boolean(page.group));
  const at = family.indexOf(page);
  const link = (/** @type {Page | undefined} */ other, /** @type {string} */ rel, /** @type {string} */ word) =>
    other
      ? `<a class="${rel}" rel="${rel}" href="${to(other.address)}"><span>${word}</span> ${escape(other.label)}</a>`
      : "";
  return `<nav class="neighbours" aria-label="Before and after">
${link(family[at - 1], "prev", "Previous:")}
${link(family[at + 1], "next", "Next:")}
</nav>`;
}
