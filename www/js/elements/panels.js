// What of the scripts only the contact list and conversations need: their styles, how a conversation is moved, and where
// both lie.
// Loaded with the WebAssembly that draws them, by wasm-panels.js.

import conversationStyle from "../../../src/ui/conversation/style.css";
import listStyle from "../../../src/ui/list/style.css";
import { adopter } from "./sheets.js";

export { layer } from "./layers.js";
export { movable } from "./movable.js";

/** Brings the styles into a shadow root; they need the picker's beside them. */
export const adoptPanelStyles = adopter(listStyle + conversationStyle);
