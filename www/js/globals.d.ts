// What the scripts find that no module of theirs exports: the bundler's definitions, styles as texts, the script tag's object
// and what browsers have that TypeScript does not know. Types only: nothing of it is loaded.

/** The version of everything; there only in what `npm/bundle.mjs` made. */
declare const __MISTATUS_VERSION__: string;

/** What the script of each transport and its first WebAssembly file are called. */
declare const __MISTATUS_FILES__: Readonly<Record<"json" | "xmpp", readonly [script: string, wasm: string]>>;

/** The hash in the names of the files with the texts of languages. */
declare const __MISTATUS_TEXTS__: string;

/** The tags of the files in languages/, but for English: with spaces between, before and after them. */
declare const __MISTATUS_LANGUAGES__: string;

/** The words of the person card, by the tags of the files in languages/. */
declare const __MISTATUS_CARD_WORDS__: Readonly<Record<string, import("./legacy/words.js").Words>>;

/** The entry that takes the WebAssembly files along, for bundlers that need one; empty for the script tag. */
declare const __MISTATUS_WASM_ENTRY__: string;

declare module "*.wasm" {
  /** Where a bundler has put the file, or its bytes. */
  const file: string | Uint8Array<ArrayBuffer>;
  export default file;
}

declare module "*.css" {
  const text: string;
  export default text;
}

interface Window {
  /** What the script tag leaves behind. */
  mistatus?: import("./loading/loader.js").PageObject;
}

interface Node {
  /** The scope of the elements inside, where a node has one. */
  mistatusScope?: import("./elements/registry.js").Scope;
}

interface IntersectionObserverInit {
  /** A margin for what scrolls inside the page; Chromium has it. */
  scrollMargin?: string;
}
