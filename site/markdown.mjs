// Markdown to HTML: anchors as GitHub makes them, links from file to file as links from page to page, colours of code as
// classes. Writes no inline style and no script.

import { access, readFile, stat } from "node:fs/promises";
import path from "node:path";

import GithubSlugger from "github-slugger";
import hljs from "highlight.js/lib/common";
import nginx from "highlight.js/lib/languages/nginx";
import MarkdownIt from "markdown-it";

import { ROOT } from "./pages.mjs";

/**
 * @import { Token } from "markdown-it"
 * @import { Page } from "./pages.mjs"
 */

/**
 * A part of a page under a heading.
 *
 * @typedef {{ level: number, id: string, title: string, text: string }} Section
 */

hljs.registerLanguage("nginx", nginx);

/** What highlight.js calls the languages that it knows under other names. */
const LANGUAGES = /** @type {Record<string, string>} */ ({
  svelte: "xml",
  vue: "xml",
  csv: "plaintext",
  text: "plaintext",
});

const { repository } = JSON.parse(await readFile(path.join(ROOT, "npm/package.json"), "utf8"));
const REPOSITORY = repository.url.replace(/^git\+/, "").replace(/\.git$/, "");

const markdown = new MarkdownIt({
  highlight: (code, name) => {
    const language = LANGUAGES[name] ?? name;
    if (language && !hljs.getLanguage(language)) {
      throw new Error(`nobody knows the language \`${language}\` of a block of code; \`text\` is for what has none`);
    }
    return language ? hljs.highlight(code, { language, ignoreIllegals: true }).value : "";
  },
});

// What scrolls sideways in a narrow window does so inside a box of its own.
markdown.renderer.rules.table_open = () => '<div class="scroll"><table>\n';
markdown.renderer.rules.table_close = () => "</table></div>\n";

/** Up to this many characters fit into the narrowest window, and up to so many into a column of a table. */
const [NAME_MAX, VALUE_MAX] = [24, 28];

// Words of code stay in one piece where they fit, and are broken at their joints where they do not.
markdown.renderer.rules.code_inline = (/** @type {Token[]} */ tokens, /** @type {number} */ index) => {
  const { content } = tokens[index];
  const escaped = markdown.utils.escapeHtml(content);
  if (content.length > VALUE_MAX) {
    return `<code>${escaped.replace(/(?<=&lt;|[/(.:])(?=\w)/g, "<wbr>")}</code>`;
  }
  return `<code class="${content.length > NAME_MAX ? "value" : "name"}">${escaped}</code>`;
};

/** Comments are for those who read the source. */
const COMMENT = /^<!--.*?-->\n/gms;

/**
 * Returns the page's HTML with what else the site needs to know of it.
 *
 * @param {Page} page
 * @param {Page[]} pages all of them
 */
export async function render(page, pages) {
  const tokens = markdown.parse(page.text.replace(COMMENT, ""), {});
  for (const token of tokens) {
    // What else stands there is for rustdoc, as in `rust,no_run`.
    token.info = token.info.split(",")[0];
  }
  const images = /** @type {string[]} */ ([]);
  for (const { children } of tokens) {
    for (const [index, token] of (children ?? []).entries()) {
      const name = token.type === "link_open" ? "href" : token.type === "image" ? "src" : "";
      const target = String(name && token.attrGet(name));
      if (name) {
        const found = await resolve(page, pages, target, name === "src" ? images : undefined);
        token.attrSet(name, found.address);
        nameByTitle(children?.[index + 1], target, found.page);
      }
    }
  }
  for (const [index, token] of tokens.entries()) {
    tidyCell(tokens, index, token);
  }
  const sections = anchors(tokens);
  const html = markdown.renderer.render(tokens, markdown.options, {});
  return { html, sections, images, description: sections[0].text.split(/(?<=\.)\s/)[0] };
}

/**
 * Lets a link that names a file name the page: here are no files.
 *
 * @param {Token | undefined} text
 * @param {string} target
 * @param {Page | undefined} page
 */
function nameByTitle(text, target, page) {
  if (page && text?.type === "text" && target.split("#")[0].endsWith(text.content)) {
    text.content = page.title;
  }
}

/**
 * Returns where a link of a page leads: to a page, to a file in the repository, or elsewhere.
 *
 * @param {Page} page
 * @param {Page[]} pages
 * @param {string} target as the Markdown has it
 * @param {string[]} [images] where files are noted that the site needs a copy of
 */
async function resolve(page, pages, target, images) {
  if (/^([a-z][a-z+.-]*:|#)/i.test(target)) {
    return { address: target };
  }
  const [file, hash] = target.split("#");
  const folder = page.source.endsWith(".md") ? path.posix.dirname(page.source) : page.source;
  const source = path.posix.join(folder, decodeURI(file)).replace(/\/$/, "");
  const from = path.posix.dirname(page.address);
  const found = pages.find((other) => other.source === source);
  if (found) {
    return { address: path.posix.relative(from, found.address) + (hash ? `#${hash}` : ""), page: found };
  }
  await access(path.join(ROOT, source)).catch(() => {
    throw new Error(`${page.source} links to ${target}, and there is no ${source}`);
  });
  if (images) {
    images.push(source);
    return { address: path.posix.relative(from, source) };
  }
  const kind = (await stat(path.join(ROOT, source))).isDirectory() ? "tree" : "blob";
  return { address: `${REPOSITORY}/${kind}/main/${source}${hash ? `#${hash}` : ""}` };
}

/**
 * Gives a cell its alignment by a class, and makes an empty head of a column none.
 *
 * @param {Token[]} tokens
 * @param {number} index
 * @param {Token} token
 */
function tidyCell(tokens, index, token) {
  if (token.type !== "th_open" && token.type !== "td_open") {
    return;
  }
  const align = /text-align:(\w+)/.exec(String(token.attrGet("style") ?? ""))?.[1];
  if (align) {
    token.attrs = (token.attrs ?? []).filter(([name]) => name !== "style");
    token.attrJoin("class", align);
  }
  if (token.type === "th_open") {
    token.attrSet("scope", "col");
    if (!tokens[index + 1].content) {
      token.attrs = null;
      token.tag = "td";
      tokens[index + 2].tag = "td";
    }
  }
}

/**
 * Gives headings their anchors, each with a link to itself, and returns what stands under them.
 *
 * @param {Token[]} tokens
 * @returns {Section[]}
 */
function anchors(tokens) {
  const slugger = new GithubSlugger();
  const sections = /** @type {Section[]} */ ([]);
  for (const [index, token] of tokens.entries()) {
    if (token.type === "heading_open") {
      const inline = tokens[index + 1];
      const title = plain(inline);
      const id = slugger.slug(title);
      const level = Number(token.tag.slice(1));
      token.attrSet("id", id);
      sections.push({ level, id, title, text: "" });
      if (level > 1) {
        inline.children?.push(...selfLink(inline, id));
      }
    } else if (["inline", "fence", "code_block"].includes(token.type) && tokens[index - 1]?.type !== "heading_open") {
      const section = sections.at(-1);
      if (section) {
        section.text += ` ${plain(token)}`;
      }
    }
  }
  return sections.map((section) => ({ ...section, text: section.text.replace(/\s+/g, " ").trim() }));
}

/**
 * Returns a link to the heading that it stands in. Its name is that of the heading, which a sign alone would not say.
 *
 * @param {Token} like any token, whose kind is needed
 * @param {string} id
 */
function selfLink(like, id) {
  const Token = /** @type {new (type: string, tag: string, nesting: -1 | 0 | 1) => Token} */ (like.constructor);
  const open = new Token("link_open", "a", 1);
  open.attrs = [
    ["class", "anchor"],
    ["href", `#${id}`],
    ["aria-label", "Link to this section"],
  ];
  const sign = new Token("text", "", 0);
  sign.content = "#";
  return [open, sign, new Token("link_close", "a", -1)];
}

/**
 * Returns the text of a token without marks.
 *
 * @param {Token} token
 */
function plain(token) {
  const parts = token.children?.map(({ type, content }) =>
    type === "softbreak" || type === "hardbreak" ? " " : content,
  );
  return parts ? parts.join("") : token.content;
}
