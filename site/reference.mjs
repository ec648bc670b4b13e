// Writes what documents say of each element, from the manifest: docs/elements/, and the tables of docs/THEMING.md; and of the
// public types, docs/JAVASCRIPT-API.md. `node site/reference.mjs`, or with `--check` says whether that has been done.

import { readFile, writeFile } from "node:fs/promises";

import { javascriptApi } from "./javascript.mjs";
import { elements } from "./manifest.mjs";
import { cell, code, table } from "./tables.mjs";

/** @import { Element, Item } from "./manifest.mjs" */

/** @param {string} path */
const at = (path) => new URL(`../docs/${path}`, import.meta.url);

/**
 * Returns a part of a page, or nothing where there is nothing to tell.
 *
 * @param {string} title
 * @param {string[]} head
 * @param {Item[] | undefined} items
 * @param {(item: Item) => string[]} row
 * @param {string} [opening]
 */
const part = (title, head, items, row, opening = "") =>
  items?.length ? `\n## ${title}\n\n${opening && `${opening}\n\n`}${table(head, items.map(row))}` : "";

const described = (/** @type {Item} */ { description = "" }) => cell(description);

/** @param {Item} item */
const signature = ({ name, parameters = [] }) => `${name}(${parameters.map((one) => one.name).join(", ")})`;

/**
 * Returns states by what is said of them: those that are values of one attribute stand together.
 *
 * @param {Item[]} [states]
 */
function byDescription(states = []) {
  const found = /** @type {Map<string, string[]>} */ (new Map());
  for (const { name, description = "" } of states) {
    found.set(description, [...(found.get(description) ?? []), name]);
  }
  return [...found].map(([description, names]) => ({ name: names.join(" "), description }));
}

/** What pages say to have one, in short; each element has a line. */
const MARKUP = /** @type {Record<string, string>} */ ({
  "mi-status": '<mi-status contact="bob@example.com" label="full">Bob</mi-status>',
  "mi-avatar": '<mi-avatar contact="bob@example.com" label="name">Bob</mi-avatar>',
  "mi-my-status": "<mi-my-status>My status</mi-my-status>",
  "mi-contact-list": '<mi-contact-list sort="onoffline"></mi-contact-list>',
  "mi-conversation": '<mi-conversation contact="bob@example.com" open></mi-conversation>',
  "mi-messenger": `<mi-messenger server="wss://presence.example.com/stream" token-url="/presence-token">
  <mi-status contact="bob@example.com" label="full">Bob</mi-status>
</mi-messenger>`,
});

/** What shows that it cannot do its work; a messenger shows nothing. */
const ERROR =
  "The attribute `error` says why an element cannot do its work, and is absent where it can: " +
  "[when nobody is signed in](../EMBEDDING.md#when-nobody-is-signed-in).";

/** @param {string} tagName */
function markup(tagName) {
  if (!MARKUP[tagName]) {
    throw new Error(`<${tagName}> has no line in MARKUP of site/reference.mjs`);
  }
  return MARKUP[tagName];
}

/** @param {Element} element */
function page(element) {
  const { tagName, description, attributes, members = [], events, slots, cssParts, cssProperties, cssStates } = element;
  const fields = members.filter(({ kind }) => kind === "field");
  const methods = members.filter(({ kind }) => kind === "method");
  return `# \`<${tagName}>\`

<!-- Written by site/reference.mjs from npm/custom-elements.json; do not edit. -->

${description}
What holds for all elements is in [EMBEDDING.md](../EMBEDDING.md#the-elements), how to style them in [THEMING.md](../THEMING.md).

## In a page

\`\`\`html
${markup(tagName)}
\`\`\`
${tagName === "mi-messenger" ? "" : `\n${ERROR}\n`}${[
  part("Attributes", ["attribute", "type", "default", "what it says"], attributes, (item) => [
    code(item.name),
    code(item.type?.text),
    code(item.default),
    described(item),
  ]),
  part("Properties", ["property", "type", "", "what it is"], fields, (item) => [
    code(item.name),
    code(item.type?.text),
    item.readonly ? "read only" : item.attribute ? `attribute ${code(item.attribute)}` : "",
    described(item),
  ]),
  part("Methods", ["method", "returns", "what it does"], methods, (item) => [
    code(signature(item)),
    code(item.return?.type.text),
    described(item),
  ]),
  part("Events", ["event", "type", "when"], events, (item) => [
    code(item.name),
    code(item.type?.text),
    described(item),
  ]),
  part("Content", ["slot", "what it is for"], slots, (item) => [
    item.name ? code(item.name) : "what stands inside",
    described(item),
  ]),
  part(
    "Parts",
    ["part", "what it is"],
    cssParts,
    (item) => [code(item.name), described(item)],
    `Style them by \`${tagName}::part(…)\`.`,
  ),
  part("Custom properties", ["property", "default", "what it is"], cssProperties, (item) => [
    code(item.name),
    code(item.default),
    described(item),
  ]),
  part(
    "States",
    ["state", "when"],
    byDescription(cssStates),
    (item) => [item.name.split(" ").map(code).join(" "), described(item)],
    `Select them by \`${tagName}:state(…)\`.`,
  ),
].join("")}`;
}

/** Returns a row for each custom property of all elements, with who knows it. */
function tokens() {
  const known = /** @type {Map<string, { item: Item, tags: string[] }>} */ (new Map());
  for (const { tagName, cssProperties = [] } of elements) {
    for (const item of cssProperties) {
      const { tags } = known.get(item.name) ?? { tags: [] };
      known.set(item.name, { item: known.get(item.name)?.item ?? item, tags: [...tags, tagName] });
    }
  }
  return table(
    ["property", "default", "what it is", "elements"],
    [...known.values()].map(({ item, tags }) => [
      code(item.name),
      code(item.default),
      described(item),
      tags.map((tag) => `[${tag.replace("mi-", "")}](elements/${tag}.md#custom-properties)`).join(", "),
    ]),
  );
}

/** Returns a row for each part of all elements. */
function parts() {
  return table(
    ["element", "parts"],
    elements.flatMap(({ tagName, cssParts = [] }) =>
      cssParts.length > 0
        ? [[`[${tagName}](elements/${tagName}.md#parts)`, cssParts.map(({ name }) => code(name)).join(" ")]]
        : [],
    ),
  );
}

const regions = /** @type {Record<string, () => string>} */ ({ tokens, parts });

/** @param {string} text */
const filled = (text) =>
  text.replace(
    /(<!-- begin (\w+), by site\/reference\.mjs -->\n).*?(<!-- end -->)/gs,
    (_, begin, name, end) => `${begin}\n${regions[name]()}\n${end}`,
  );

const isCheck = process.argv[2] === "--check";
const files = [
  ...elements.map((element) => ({ path: `elements/${element.tagName}.md`, write: () => page(element) })),
  { path: "JAVASCRIPT-API.md", write: javascriptApi },
  { path: "THEMING.md", write: filled },
];
const stale = [];
for (const { path, write } of files) {
  const before = await readFile(at(path), "utf8").catch(() => "");
  const after = write(before);
  if (after !== before) {
    stale.push(`docs/${path}`);
    if (!isCheck) {
      await writeFile(at(path), after);
    }
  }
}
if (isCheck && stale.length > 0) {
  console.error(`not as site/reference.mjs makes them: ${stale.join(", ")}; run \`node site/reference.mjs\``);
  process.exit(1);
}
