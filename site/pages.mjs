// Which pages there are, in which groups, and at which addresses. Reads files; renders nothing.

import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

/**
 * @typedef {object} Page
 * @property {string} source the Markdown file, from the root of the repository
 * @property {string} address the HTML file, from the root of the site
 * @property {string} text the Markdown
 * @property {string} title its first heading
 * @property {string} label what it is called in the navigation
 * @property {string} group the group of the navigation that it is in; empty for what is listed on a page of its own
 */

export const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** The page that lists the decisions, which no file does. */
export const DECISIONS = "docs/decisions";

/**
 * The navigation: groups of files, each with what it is called there where its heading is too long.
 *
 * @type {Record<string, Record<string, string>>}
 */
const GROUPS = {
  Start: {
    "README.md": "What it is",
    "docs/START.md": "Five minutes",
    "docs/LEPTOS.md": "Leptos",
  },
  Embed: {
    "docs/EMBEDDING.md": "",
    "docs/FRAMEWORKS.md": "",
    "npm/README.md": "The npm package",
    "docs/THEMING.md": "",
    "docs/LEGACY.md": "",
    "docs/FROM-MGT-PERSON.md": "",
    "docs/TROUBLESHOOTING.md": "",
  },
  "Back end and operators": {
    "docs/OPERATING.md": "",
    "docs/SECURITY.md": "",
    "docs/PRIVACY.md": "",
    "docs/RELIABILITY.md": "",
    "docs/XMPP.md": "",
  },
  Reference: {
    "docs/elements/mi-status.md": "",
    "docs/elements/mi-avatar.md": "",
    "docs/elements/mi-my-status.md": "",
    "docs/elements/mi-contact-list.md": "",
    "docs/elements/mi-conversation.md": "",
    "docs/elements/mi-messenger.md": "",
    "docs/JAVASCRIPT-API.md": "",
    "docs/AUTOMATION-API.md": "Automation API",
    "docs/PROTOCOL.md": "Event stream",
    "docs/API.md": "",
  },
  Project: {
    "docs/DESIGN.md": "",
    "docs/ARCHITECTURE.md": "",
    [DECISIONS]: "Decisions",
    "docs/BENCHMARKS.md": "",
    "docs/STYLE.md": "",
    "CONTRIBUTING.md": "",
    "CHANGELOG.md": "",
    "SECURITY.md": "Reporting a vulnerability",
  },
};

/** Where a page is that nobody has put into a group yet: it is in the navigation all the same. */
const UNGROUPED = "Project";

/** Addresses of files that do not have them by their name. */
const ADDRESSES = /** @type {Record<string, string>} */ ({
  "README.md": "index.html",
  "SECURITY.md": "reporting.html",
  "npm/README.md": "npm.html",
  [DECISIONS]: "decisions/index.html",
});

/** @param {string} source */
const addressOf = (source) =>
  ADDRESSES[source] ??
  source.replace(/^docs\//, "").replace(/[^/]*\.md$/, (name) => `${name.slice(0, -3)}.html`.toLowerCase());

/** @param {string} text */
const titleOf = (text) => /^# (.+)$/m.exec(text)?.[1].replaceAll("`", "") ?? "";

/**
 * @param {string} source
 * @param {string} group
 * @param {string} [label]
 * @returns {Promise<Page>}
 */
async function page(source, group, label) {
  const text = await readFile(path.join(ROOT, source), "utf8");
  const title = titleOf(text);
  if (!title) {
    throw new Error(`${source} must begin with a heading: # Title`);
  }
  return { source, address: addressOf(source), text, title, label: label || title, group };
}

/** @param {Page[]} decisions */
function listed(decisions) {
  const lines = decisions.map(({ source, title }) => `- [${title}](${path.basename(source)})`);
  const text = `# Decisions\n\nWhy things are as they are, each with what else was looked at.\n\n${lines.join("\n")}\n`;
  return { source: DECISIONS, address: addressOf(DECISIONS), text, title: "Decisions" };
}

/** @param {string} folder */
async function markdownIn(folder) {
  const names = await readdir(path.join(ROOT, folder));
  return names.filter((name) => name.endsWith(".md")).map((name) => `${folder}/${name}`);
}

/** Reads all pages, in the order of the navigation; those of the decisions come last. */
export async function readPages() {
  const decisions = await Promise.all((await markdownIn(DECISIONS)).sort().map((source) => page(source, "")));
  const grouped = Object.values(GROUPS).flatMap(Object.keys);
  const found = [...(await markdownIn("docs")), ...(await markdownIn("docs/elements"))];
  for (const source of found.filter((source) => !grouped.includes(source)).sort()) {
    GROUPS[UNGROUPED][source] = "";
  }
  const pages = Object.entries(GROUPS).flatMap(([group, files]) =>
    Object.entries(files).map(async ([source, label]) =>
      source === DECISIONS ? { ...listed(decisions), label, group } : page(source, group, label),
    ),
  );
  return [...(await Promise.all(pages)), ...decisions];
}
