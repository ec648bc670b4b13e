// Draws a last known status before the WebAssembly is there, with the same boxes and classes as the components in src/ui.

import hostStyle from "../../src/ui/conversation/host.css";
import pickerStyle from "../../src/ui/picker/style.css";
import statusStyle from "../../src/ui/status/style.css";
import { adopter } from "./sheets.js";

/** Brings the styles into a shadow root. */
export const adoptStyles = adopter(statusStyle + pickerStyle + hostStyle);

/**
 * Draws a status that is known only from before.
 * @param {{ kebab: string, text: string, name?: string, state?: string }} last
 * @param {string} size
 */
export function drawLastKnown({ kebab, text, name, state }, size) {
  const box = span("mi-status mi-last-known", "status");
  box.dataset.stale = "";
  box.dataset.size = size || "medium";
  const dot = span("mi-dot", "dot");
  dot.dataset.status = kebab;
  dot.setAttribute("role", "img");
  dot.setAttribute("aria-label", text);
  const label = span("mi-label", "label");
  const nameBox = span("mi-name");
  nameBox.textContent = name ?? "";
  const stateBox = span("mi-state");
  stateBox.setAttribute("aria-hidden", "true");
  stateBox.textContent = state ?? "";
  label.append(nameBox, stateBox);
  box.append(dot, label);
  return box;
}

function span(className, part) {
  const element = document.createElement("span");
  element.className = className;
  if (part) {
    element.setAttribute("part", part);
  }
  return element;
}
