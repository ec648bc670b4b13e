// Fetches, compiles and starts the second WebAssembly file, which draws the contact list and conversations, with the script
// that belongs to it, when a page first has one of them; after a failure again and again, as long as one waits. Must not
// know what is drawn.

import { HRESULT } from "../automation/constants.js";
import { MessengerError } from "../automation/errors.js";
import { adviceFor } from "./bundled.js";
import { compile } from "./compile.js";

/**
 * @import { WebAssemblySource } from "mistatus"
 * @import { InitOutput } from "../../../npm/generated/wasm/mistatus.js"
 */

// How long after a failure the file is asked for again at first, in milliseconds, and at most.
const RETRY_MS = 2_000;
const RETRY_MAX_MS = 60_000;

/**
 * The script that belongs to the second file.
 * @typedef {typeof import("../elements/panels.js")} PanelsScript
 */

/**
 * What the first file shares with the second: its exports.
 * @type {InitOutput}
 */
let main;
/** @type {WebAssemblySource | undefined} */
let given;
/** @type {Promise<[WebAssembly.Module, PanelsScript]> | undefined} */
let begun;
/** @type {Promise<void> | undefined} */
let loading;
/** @type {PanelsScript | undefined} */
let script;

/** @type {Set<{ arrived: (script: PanelsScript) => void, failed: (error: MessengerError) => void }>} */
const waiting = new Set();
let isTrying = false;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let retry;
let failures = 0;

// Browsers remember that a module could not be fetched: the script tag asks for it under another address then.
const fetchScript = () => import("../elements/panels.js");

/**
 * Takes the exports of the first file, which is of the same build.
 * @param {InitOutput} exports
 */
export function useMain(exports) {
  main = exports;
}

/**
 * Takes where the second file is; beside this module unless told.
 *
 * @param {WebAssemblySource} source
 */
export function usePanels(source) {
  given = source;
}

/** Begins to fetch both files, so that who is going to wait for it does so beside the first one and not after it. */
export function beginPanels() {
  if (!loading) {
    begun ??= fetched();
    // What becomes of it is said to whoever waits.
    begun.catch(() => {});
  }
}

/**
 * Calls back once the files are there, at once where they are, and with each failure until then.
 *
 * @param {(script: PanelsScript) => void} arrived
 * @param {(error: MessengerError) => void} failed
 * @returns {() => void} ends the waiting
 */
export function whenThere(arrived, failed) {
  if (script) {
    arrived(script);
    return () => {};
  }
  const waiter = { arrived, failed };
  waiting.add(waiter);
  attempt();
  return () => waiting.delete(waiter);
}

/**
 * Answers the first file, which calls this before it calls into the second: `done(data, isLoaded)` lies in its table.
 * @param {number} done
 * @param {number} data
 */
export function __wasm_split_load_panels(done, data) {
  const tell = (/** @type {boolean} */ isLoaded) => main.__indirect_function_table.get(done)(data, isLoaded);
  load().then(
    () => tell(true),
    () => tell(false),
  );
}

// One attempt serves everybody who waits, and its failure is said once.
async function attempt() {
  if (isTrying || waiting.size === 0) {
    return;
  }
  isTrying = true;
  clearTimeout(retry);
  try {
    await load();
    const all = [...waiting];
    waiting.clear();
    all.forEach(({ arrived }) => arrived(/** @type {PanelsScript} */ (script)));
  } catch (error) {
    console.error(`mistatus: ${/** @type {MessengerError} */ (error).message}`);
    waiting.forEach(({ failed }) => failed(/** @type {MessengerError} */ (error)));
    const delay = Math.min(RETRY_MS * 2 ** failures, RETRY_MAX_MS);
    retry = setTimeout(attempt, delay * (0.5 + Math.random() / 2));
    failures += 1;
  } finally {
    isTrying = false;
  }
}

function load() {
  loading ??= start().catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

const place = () => given ?? new URL("./mistatus_panels.wasm", import.meta.url);

// An answer can be read once, and a failure is no reason not to read it again. Answers a promise also where there is no place,
// as in a script that is no module.
async function fetched() {
  const source = place();
  return Promise.all([compile(source instanceof Response ? source.clone() : source), fetchScript()]);
}

async function start() {
  const source = given ?? (import.meta.url ? place() : undefined);
  // What was begun serves one attempt: after a failure the files are asked for anew.
  const files = begun ?? fetched();
  begun = undefined;
  try {
    const [module, loaded] = await files;
    await WebAssembly.instantiate(module, {
      __wasm_split: /** @type {WebAssembly.ModuleImports} */ (/** @type {unknown} */ (main)),
    });
    script = loaded;
  } catch (error) {
    const from = source instanceof URL || typeof source === "string" ? ` from ${source}` : "";
    const advice = given ? "" : adviceFor(import.meta.url, source, error);
    const message = `contact list and conversations could not be loaded${from}: ${/** @type {Partial<Error> | undefined} */ (error)?.message ?? error}${advice}`;
    const failure = new MessengerError(HRESULT.E_FAIL, message, { cause: error });
    failure.reason = "load";
    throw failure;
  }
}
