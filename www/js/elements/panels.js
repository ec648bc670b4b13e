// What of the scripts only the contact list and conversations need: their styles, and how a conversation is moved.
// Loaded with the WebAssembly that draws them, by wasm-panels.js.

import conversationStyle from "../../../src/ui/conversation/style.css";
import listStyle from "../../../src/ui/list/style.css";
import { adopter } from "./sheets.js";

export { movable } from "./movable.js";

/** Brings the styles into a shadow root; they need the picker's beside them. */
export const adoptPanelStyles = adopter(listStyle + conversationStyle);
