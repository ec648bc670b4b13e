// The live examples of the pages about elements: the element among two people of the demo, with a knob for each attribute and
// custom property of the manifest. Static markup: site/assets/example.js makes it live where there is a server.

import { escape } from "./layout.mjs";
import { elements } from "./manifest.mjs";

/**
 * @import { Element, Item } from "./manifest.mjs"
 * @import { Page } from "./pages.mjs"
 */

const [ALICE, BOB] = ["alice@demo.example", "bob@demo.example"];

/**
 * What an example shows: the element's attributes and content, and what stands beside it.
 *
 * @typedef {object} Example
 * @property {Record<string, string>} attributes
 * @property {string} content
 * @property {string} says what is to be seen
 * @property {string} caption
 * @property {string} [beside]
 */

const bob = (/** @type {string} */ content) => `<div>
<p>Bob, in a session of his own</p>
<mi-messenger signin-name="${BOB}">${content}</mi-messenger>
</div>`;

/** @type {Record<string, Example>} */
const EXAMPLES = {
  "mi-status": {
    attributes: { contact: BOB, label: "full", size: "medium" },
    content: "Bob Chen",
    says: "Choose a status as Bob, and watch what Alice sees.",
    caption: "What Alice sees of Bob",
    beside: bob("<mi-my-status>Bob’s status</mi-my-status>"),
  },
  "mi-avatar": {
    attributes: { contact: BOB, label: "name", size: "large" },
    content: "Bob Chen",
    says: "Choose a status as Bob, and watch the dot on his avatar.",
    caption: "What Alice sees of Bob",
    beside: bob("<mi-my-status>Bob’s status</mi-my-status>"),
  },
  "mi-my-status": {
    attributes: {},
    content: "My status",
    says: "Choose a status as Alice, and watch what Bob sees.",
    caption: "Alice",
    beside: bob(`<mi-status contact="${ALICE}" label="full">Alice Rivera</mi-status>`),
  },
  "mi-contact-list": {
    attributes: { sort: "groups" },
    content: "Contacts",
    says: "Alice’s list: the people of the demo come and go by themselves.",
    caption: "Alice’s contacts",
  },
  "mi-conversation": {
    attributes: { contact: BOB },
    content: "",
    says: "Switch `open` on to see the panel in which Alice writes to Bob.",
    caption: "Alice",
    beside: bob(`<mi-status contact="${ALICE}" label="full">Alice Rivera</mi-status>`),
  },
  "mi-messenger": {
    attributes: { "signin-name": ALICE },
    content: `\n  <mi-my-status>My status</mi-my-status>\n  <mi-status contact="${BOB}" label="full">Bob Chen</mi-status>\n`,
    says: "Two messengers on one page: each serves the elements inside it.",
    caption: "Alice",
    beside: bob(`<mi-my-status>Bob’s status</mi-my-status>`),
  },
};

/** Attributes that the example itself needs, or that an XMPP service alone knows. */
const WITHOUT_KNOB = ["server", "token-url", "transport", "domain", "credentials", "approval", "share-connection"];

/**
 * Returns what a page about an element has beside its Markdown.
 *
 * @param {Page} page
 */
export function example(page) {
  const element = elements.find(({ tagName }) => page.source === `docs/elements/${tagName}.md`);
  const shown = element && EXAMPLES[element.tagName];
  return shown && { html: html(element, shown), script: "assets/example.js" };
}

/**
 * @param {Element} element
 * @param {Example} example
 */
function html(element, { attributes, content, says, caption, beside = "" }) {
  const { tagName, events = [] } = element;
  const written = Object.entries(attributes).map(([name, value]) => ` ${name}="${value}"`);
  const one = `<${tagName}${written.join("")} data-subject>${content}</${tagName}>`;
  const inside = tagName === "mi-messenger" ? one : `<mi-messenger signin-name="${ALICE}">${one}</mi-messenger>`;
  const told = events.map(({ name }) => name).join(" ");
  return `<section class="example" aria-labelledby="live-example">
<h2 id="live-example">Live example</h2>
<p>${escape(says).replace(/`(\w+)`/g, "<code>$1</code>")}</p>
<p class="news" role="status">Where scripts run and a server answers, this is live. Until then you see what stands inside the elements.</p>
<div class="stage">
<div>
<p>${escape(caption)}</p>
${inside}
</div>
${beside}
</div>
<form class="knobs" aria-label="Attributes">
${knobs(element, attributes)}
</form>
${styles(element)}<pre class="markup"><code>${escape(`<${tagName}${written.join("")}>${content}</${tagName}>`)}</code></pre>
${told && `<h3 id="events-of-the-example">Events</h3>\n<div class="events" role="log" aria-labelledby="events-of-the-example" tabindex="0" data-events="${told}"><ol></ol></div>\n`}</section>
`;
}

/**
 * @param {Element} element
 * @param {Record<string, string>} set
 */
function knobs({ attributes = [], members = [] }, set) {
  const isOutput = (/** @type {string} */ name) =>
    members.some((member) => member.kind === "field" && member.readonly && member.name === name);
  return attributes
    .filter(({ name }) => !isOutput(name) && !WITHOUT_KNOB.includes(name))
    .map((item) => `<div>${knob(item, set[item.name] ?? "")}</div>`)
    .join("\n");
}

/**
 * Returns a control that fits an attribute's type, with its name.
 *
 * @param {Item} item
 * @param {string} value
 */
function knob({ name, type, default: initial = "" }, value) {
  const values = [...(type?.text ?? "").matchAll(/'([^']*)'/g)].map(([, one]) => one);
  const label = `<label for="knob-${name}">${name}</label>`;
  const own = `id="knob-${name}" name="${name}"`;
  if (values.length > 0) {
    const options = values.map((one) => `<option${one === (value || initial) ? " selected" : ""}>${one}</option>`);
    return `${label} <select ${own}>${options.join("")}</select>`;
  }
  if (type?.text === "boolean") {
    return `<input type="checkbox" ${own}> ${label}`;
  }
  const kind = type?.text === "number" ? 'type="number" min="1"' : 'type="text" spellcheck="false"';
  return `${label} <input ${kind} ${own} value="${escape(value)}" placeholder="${escape(initial)}">`;
}

/** @param {Element} element */
function styles({ cssProperties = [] }) {
  if (cssProperties.length === 0) {
    return "";
  }
  const fields = cssProperties.map(
    ({ name, default: initial = "" }) => `<div>${knob({ name, default: initial }, "")}</div>`,
  );
  return `<details>
<summary>Custom properties</summary>
<form class="knobs" aria-label="Custom properties">
${fields.join("\n")}
</form>
</details>
`;
}
