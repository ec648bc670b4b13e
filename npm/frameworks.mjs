// Writes what frameworks and editors read about the elements, from custom-elements.json: `node npm/frameworks.mjs [--check]`.
// With --check it only says whether what is there is what it would write. Knows no element by name.

import { readFile, writeFile } from "node:fs/promises";

/**
 * What the manifest says of an attribute, a field, an event, a part and so on; not everything of each.
 *
 * @typedef {object} Item
 * @property {string} name
 * @property {string} description
 * @property {string} [kind]
 * @property {{ text: string }} type
 * @property {string} [default]
 * @property {string} [attribute]
 * @property {boolean} [readonly]
 *
 * @typedef {{ name: string, tagName: string, description: string } & { [list in "attributes" | "members" | "events" | "slots" | "cssParts" | "cssProperties"]?: Item[] }} Declaration
 *
 * @typedef {ReturnType<typeof describe>} Element
 */

const read = (/** @type {string} */ name) => readFile(new URL(name, import.meta.url), "utf8");
const [manifest, { name, version, homepage }] = await Promise.all(
  ["custom-elements.json", "package.json"].map(async (name) => JSON.parse(await read(name))),
);
const types = await read("index.d.ts");

const declarations = manifest.modules.flatMap(
  (/** @type {{ declarations: Declaration[] }} */ module) => module.declarations,
);
/** @type {Element[]} */
const elements = declarations.filter((/** @type {Declaration} */ { tagName }) => tagName).map(describe);

/**
 * Returns of an element what every framework needs to know.
 *
 * @param {Declaration} declaration
 */
function describe({
  name,
  tagName,
  description,
  attributes = [],
  members = [],
  events = [],
  slots = [],
  cssParts = [],
  cssProperties = [],
}) {
  const fields = members.filter(({ kind }) => kind === "field");
  const isReadonly = (/** @type {string} */ name) => fields.some((field) => field.name === name && field.readonly);
  return {
    name,
    tag: tagName,
    description,
    // Those that an element sets itself are no business of a template's.
    attributes: attributes.filter(({ name }) => !isReadonly(name)),
    // What can be set, and cannot be written into markup.
    properties: fields.filter((field) => !field.readonly && !field.attribute),
    fields,
    events,
    slots,
    cssParts,
    cssProperties,
  };
}

const camelCase = (/** @type {string} */ name) => name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
const quote = (/** @type {string} */ text) => text.replaceAll("'", '"');

/** @type {Record<string, string>} */
const AS_TEXT = { number: `number | \`\${number}\``, boolean: 'boolean | ""' };

/**
 * Returns the type of an attribute: numbers and switches may be written as the text that they are in markup.
 *
 * @param {Item} attribute
 */
function attributeType({ type: { text } }) {
  return AS_TEXT[text] ?? quote(text);
}

/**
 * Returns the values that an attribute may have, where they are listed.
 *
 * @param {Item} attribute
 */
function values({ type: { text } }) {
  return [...text.matchAll(/'([^']*)'/g)].map(([, value]) => value);
}

const member = (/** @type {string} */ name, /** @type {string} */ type, description = "") =>
  `${description && `  /** ${description} */\n`}  ${/^\w+$/.test(name) ? name : `"${name}"`}?: ${type};\n`;

/**
 * @param {Item[]} list
 * @param {(item: Item) => string} type
 * @param {(item: Item) => string} name
 */
const members = (list, type, name = ({ name }) => name) =>
  list.map((one) => member(name(one), type(one), one.description)).join("");

// As the formatter would write it.
const WIDTH = 120;

/** @param {string[]} names */
function importLine(names, from = "./index.js") {
  const line = `import type { ${names.join(", ")} } from "${from}";\n`;
  return line.length <= WIDTH + 1
    ? line
    : `import type {\n${names.map((name) => `  ${name},\n`).join("")}} from "${from}";\n`;
}

/**
 * Returns the import of whatever a text names of the package's own types.
 *
 * @param {string} text
 */
function imports(text) {
  const exported = new Set(
    [...types.matchAll(/^export (?:declare )?(?:class|interface|type) (\w+)/gm)].map(([, name]) => name),
  );
  const named = [...new Set(text.match(/\b[A-Z]\w+/g))].filter((name) => exported.has(name));
  return named.length > 0 ? importLine(named.sort()) : "";
}

const stem = (/** @type {Element} */ { name }) => name.replace(/Element$/, "");

/** Returns the type of an element's properties that are no attributes, or of its events; most have none. */
const onlyProperties = (/** @type {Element} */ element) =>
  element.properties.length > 0 && `${stem(element)}OnlyProperties`;
const eventTypes = (/** @type {Element} */ element) =>
  element.events.length > 0 ? `${stem(element)}Events` : "NoEvents";

function elementTypes() {
  const text = elements
    .map((element) => {
      const { attributes, properties, events } = element;
      const ofProperty = (/** @type {Item} */ { type: { text } }) => quote(text);
      const parts = [
        `/** What \`<${element.tag}>\` takes in markup. */
export interface ${stem(element)}Attributes {
${members(attributes, attributeType)}}
`,
        `/** The same by the names that scripts use, with what markup cannot say. */
export interface ${stem(element)}Properties {
${members(attributes, attributeType, ({ name }) => camelCase(name))}${members(properties, ofProperty)}}
`,
        properties.length > 0 &&
          `/** The properties of \`<${element.tag}>\` that are no attributes. */
export interface ${stem(element)}OnlyProperties {
${members(properties, ofProperty)}}
`,
        events.length > 0 &&
          `/** The events of \`<${element.tag}>\`. */
export interface ${stem(element)}Events {
${events.map(({ name, type, description }) => `  /** ${description} */\n  "${name}": ${type.text};\n`).join("")}}
`,
      ];
      return parts.filter(Boolean).join("\n");
    })
    .join("\n");
  return `${head("What the elements take and fire, as the types of each framework put it together. No entry of its own.")}
${imports(text)}
/** The events of an element that has none. */
export type NoEvents = Record<never, never>;

${text}`;
}

const head = (/** @type {string} */ what) =>
  `// ${what}\n// Written by npm/frameworks.mjs from custom-elements.json; do not edit.\n`;

/**
 * Returns the types of one framework: a line for each element, in the interface that it keeps elements in.
 *
 * @param {string} what the first line
 * @param {string} opening imports from the framework, and types that the lines use
 * @param {(element: Element) => string[]} line the type of an element, and its arguments
 * @param {string} module the framework's
 * @param {string[]} path where in it elements are kept
 */
function framework(what, opening, line, module, path) {
  const inner = "  ".repeat(path.length + 1);
  const lines = elements.map((element) => {
    const [type, ...parts] = line(element);
    const short = `${inner}"${element.tag}": ${type}<${parts.join(", ")}>;`;
    return short.length <= WIDTH
      ? short
      : `${inner}"${element.tag}": ${type}<\n${parts.map((part) => `${inner}  ${part}`).join(",\n")}\n${inner}>;`;
  });
  const outer = path.map((name, depth) => `${"  ".repeat(depth + 1)}${name} {\n`).join("");
  const closing = path.map((_, depth) => `${"  ".repeat(path.length - depth)}}\n`).join("");
  const own = [...new Set(lines.join().match(/\b(?:Mi\w+?(?:Attributes|Properties|Events)|NoEvents)\b/g))].sort();
  const [, before, types] = /^((?:import[^;]*;\n)*)\n(.*)$/s.exec(opening) ?? [];
  return `${head(what)}
${before}${importLine(own, "./elements.js")}${imports(lines.join("\n"))}
${types}
declare module "${module}" {
${outer}${lines.join("\n")}
${closing}}
`;
}

// Event handlers named after the events, behind what the framework says that one follows.
const handlers = (/** @type {string} */ prefix) => `type Handlers<Events> = {
  [Name in keyof Events & string as \`${prefix}\${Name}\`]?: (event: Events[Name]) => void;
};
`;

const markup = (/** @type {Element} */ element) => {
  const own = [`${stem(element)}Attributes`, onlyProperties(element)].filter(Boolean).join(" & ");
  return ["Props", element.name, own, eventTypes(element)];
};

const JSX = ["namespace JSX", "interface IntrinsicElements"];

const react = framework(
  "The elements in the JSX of React 18 and 19. React 18 knows attributes only: listen with `addEventListener` there.",
  `import type { DetailedHTMLProps, HTMLAttributes } from "react";

${handlers("on")}
type Props<Element, Own, Events> = Omit<DetailedHTMLProps<HTMLAttributes<Element>, Element>, keyof Own> &
  Own &
  Handlers<Events> & { class?: string };
`,
  markup,
  "react",
  JSX,
);

const preact = framework(
  "The elements in the JSX of Preact.",
  `import type { HTMLAttributes } from "preact";

${handlers("on")}
type Props<Element extends EventTarget, Own, Events> = Omit<HTMLAttributes<Element>, keyof Own> &
  Own &
  Handlers<Events>;
`,
  markup,
  "preact",
  JSX,
);

const solid = framework(
  "The elements in the JSX of Solid.",
  `import type { JSX } from "solid-js";

${handlers("on:")}
type Explicit<Own> = { [Name in keyof Own & string as \`prop:\${Name}\`]?: Own[Name] };

type Props<Element, Own, OnlyProperties, Events> = Omit<JSX.HTMLAttributes<Element>, keyof Own> &
  Own &
  OnlyProperties &
  Explicit<OnlyProperties> &
  Handlers<Events>;
`,
  (element) => [
    "Props",
    element.name,
    `${stem(element)}Attributes`,
    onlyProperties(element) || "unknown",
    eventTypes(element),
  ],
  "solid-js",
  JSX,
);

const vue = framework(
  "The elements in templates of Vue 3.",
  `import type { DefineComponent, HTMLAttributes } from "vue";

type Capital<Name extends string> = Name extends \`\${infer First}-\${infer Rest}\`
  ? \`\${Capitalize<First>}\${Capital<Rest>}\`
  : Capitalize<Name>;

type Handlers<Events> = {
  [Name in keyof Events & string as \`on\${Capital<Name>}\`]?: (event: Events[Name]) => void;
};

type Component<Own, Events> = DefineComponent<Own & Handlers<Events> & Omit<HTMLAttributes, keyof Own>>;
`,
  (element) => ["Component", `${stem(element)}Properties`, eventTypes(element)],
  "vue",
  ["interface GlobalComponents"],
);

const svelte = framework(
  "The elements in the markup of Svelte 4 and 5.",
  `import type { HTMLAttributes } from "svelte/elements";

${handlers("on:").replace("Handlers", "OldHandlers")}
${handlers("on")}
type Props<Element extends EventTarget, Own, Events> = Omit<HTMLAttributes<Element>, keyof Own> &
  Own &
  Handlers<Events> &
  OldHandlers<Events>;
`,
  markup,
  "svelte/elements",
  ["interface SvelteHTMLElements"],
);

const docs = `${homepage.replace(/#.*/, "")}/blob/main/docs/EMBEDDING.md#the-elements`;

const vscode = {
  version: 1.1,
  tags: elements.map(({ tag, description, attributes }) => ({
    name: tag,
    description,
    attributes: attributes.map((attribute) => ({
      name: attribute.name,
      description: attribute.description,
      // An attribute that is a switch has no value.
      ...(attribute.type.text === "boolean"
        ? { valueSet: "v" }
        : { values: values(attribute).map((name) => ({ name })) }),
    })),
    references: [{ name: "Documentation", url: docs }],
  })),
};

const webTypes = {
  $schema: "https://raw.githubusercontent.com/JetBrains/web-types/master/schema/web-types.json",
  name,
  version,
  "description-markup": "markdown",
  contributions: {
    html: {
      elements: elements.map(({ tag, description, attributes, fields, events, slots, cssParts, cssProperties }) => ({
        name: tag,
        description,
        "doc-url": docs,
        attributes: attributes.map(({ name, description, type, default: value }) => ({
          name,
          description,
          value: { type: quote(type.text), ...(value && { default: value }) },
        })),
        slots: slots.map(({ name, description }) => ({ name, description })),
        js: {
          properties: fields.map(({ name, description, type }) => ({
            name,
            ...(description && { description }),
            type: quote(type.text),
          })),
          events: events.map(({ name, description, type }) => ({ name, description, type: type.text })),
        },
        css: {
          properties: cssProperties.map(({ name, description }) => ({ name, description })),
          parts: cssParts.map(({ name, description }) => ({ name, description })),
        },
      })),
    },
  },
};

const json = (/** @type {object} */ value) => `${JSON.stringify(value, null, 2)}\n`;
const files = {
  "elements.d.ts": elementTypes(),
  "react.d.ts": react,
  "preact.d.ts": preact,
  "solid.d.ts": solid,
  "vue.d.ts": vue,
  "svelte.d.ts": svelte,
  "vscode.html-custom-data.json": json(vscode),
  "web-types.json": json(webTypes),
};

const isCheck = process.argv[2] === "--check";
for (const [name, text] of Object.entries(files)) {
  if (!isCheck) {
    await writeFile(new URL(name, import.meta.url), text);
  } else if (text !== (await read(name).catch(() => ""))) {
    console.error(`npm/${name} is not what custom-elements.json says: run \`node npm/frameworks.mjs\``);
    process.exitCode = 1;
  }
}
