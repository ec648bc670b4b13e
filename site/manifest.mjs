// The manifest of the elements, as the pages about them read it: npm/custom-elements.json.

import { readFileSync } from "node:fs";

/**
 * @typedef {object} Item
 * @property {string} name
 * @property {string} [description]
 * @property {string} [kind]
 * @property {{ text: string }} [type]
 * @property {string} [default]
 * @property {string} [attribute]
 * @property {boolean} [readonly]
 * @property {{ name: string }[]} [parameters]
 * @property {{ type: { text: string } }} [return]
 *
 * @typedef {object} Element
 * @property {string} tagName
 * @property {string} description
 * @property {Item[]} [attributes]
 * @property {Item[]} [members]
 * @property {Item[]} [events]
 * @property {Item[]} [slots]
 * @property {Item[]} [cssParts]
 * @property {Item[]} [cssProperties]
 * @property {Item[]} [cssStates]
 */

const { modules } = JSON.parse(readFileSync(new URL("../npm/custom-elements.json", import.meta.url), "utf8"));

/** @type {Element[]} */
export const elements = modules
  .flatMap((/** @type {{ declarations: Element[] }} */ { declarations }) => declarations)
  .filter((/** @type {Element} */ { tagName }) => tagName);
