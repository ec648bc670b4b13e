// Draws a last known status before the WebAssembly is there, with the same boxes and classes as the components in src/ui.

import conversationHostStyle from "../../../src/ui/conversation/host.css";
import statusStyle from "../../../src/ui/status/style.css";
import { adopter } from "./sheets.js";

/** Brings into a shadow root the styles of what can be seen before the WebAssembly is there. */
export const adoptStyles = adopter(statusStyle + conversationHostStyle);

/**
 * Draws a status that is known only from before: the markup of `StatusView` in src/ui/status.rs, to which
 * tests/e2e/last-known.spec.js compares it. Only the tooltip is not there, which tells what was not kept.
 *
 * @param {{ kebab: string, text?: string, name?: string | null, lang?: string }} last
 * @param {string | null} label as the attribute of that name
 * @param {string | null} size as the attribute of that name
 */
export function drawLastKnown({ kebab, text, name, lang = "" }, label, size) {
  const box = make("span", {
    class: "mi-status mi-last-known",
    part: "status",
    lang,
    "data-size": size === "small" || size === "large" ? size : "medium",
    "data-stale": "",
  });
  const dot = make("span", { class: "mi-dot", part: "dot", role: "img", "data-status": kebab, "aria-label": text });
  const beside = make("span", { class: "mi-label", part: "label" });
  const hasName = label === "name" || label === "full";
  const hasState = label === "status" || label === "full";
  beside.hidden = !hasName && !hasState;
  if (!beside.hidden) {
    beside.append(
      make("bdi", { class: "mi-name" }, hasName ? name : ""),
      make("span", { class: "mi-state", "aria-hidden": "true" }, hasState ? text : ""),
      make("bdi", { class: "mi-note", part: "note" }),
    );
  }
  box.append(dot, beside);
  return box;
}

/**
 * Draws the dot of a status of which nothing is known yet, so that the page has its place and nothing moves later.
 * It says nothing to assistive technology: there is nothing to say.
 *
 * @param {string | null} size as the attribute of that name
 */
export function drawUnknown(size) {
  const box = drawLastKnown({ kebab: "unknown" }, null, size);
  box.className = "mi-status";
  box.setAttribute("aria-hidden", "true");
  return box;
}

/**
 * @param {string} tag
 * @param {Record<string, string | undefined>} attributes
 * @param {string | null} [text]
 */
function make(tag, attributes, text = "") {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, /** @type {string} */ (value));
  }
  element.textContent = text;
  return element;
}
