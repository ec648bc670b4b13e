// Fetches, compiles and starts the WebAssembly, once. The only module that knows the generated glue. What draws the contact
// list and conversations is a second file: wasm-panels.js.

import init, {
  addTexts,
  Client,
  mountContactList,
  mountContactStatus,
  mountConversation,
  mountMyStatus,
  useErrors,
} from "../../../npm/generated/wasm/mistatus.js";
import { HRESULT } from "../automation/constants.js";
import { MessengerError } from "../automation/errors.js";
import { adviceFor } from "./bundled.js";
import { compile } from "./compile.js";
import { beginTexts } from "./texts.js";
import { beginPanels, useMain, usePanels } from "./wasm-panels.js";

/** @import { WebAssemblySource } from "mistatus" */

/** The name of the content security policy's keyword without which no WebAssembly runs. */
export const CSP_KEYWORD = "wasm-unsafe-eval";

// By name, so that bundlers leave out the rest of the glue.
const exported = { Client, mountContactList, mountContactStatus, mountConversation, mountMyStatus };

/** @typedef {typeof exported} Glue */

/** @type {Promise<Glue> | undefined} */
let loading;
/** @type {Promise<Response> | undefined} */
let begun;
/** @type {URL | BufferSource | undefined} */
let place;

/**
 * Takes where the two files are, for whenever they are loaded; beside this module unless told.
 *
 * @param {URL | BufferSource} main
 * @param {URL | BufferSource} panels
 */
export function useFiles(main, panels) {
  place = main;
  usePanels(panels);
}

/**
 * Takes the answer to a fetch of the WebAssembly that somebody has begun already, so that it need not wait for this
 * module. The next {@link load} without a source reads it.
 *
 * @param {Promise<Response>} response
 */
export function useResponse(response) {
  begun = response;
}

/**
 * Loads the WebAssembly. May be called as often as one likes; after a failure the next call tries again.
 * Rejects with a `MessengerError` whose `reason` is "csp", "unsupported" or "load".
 *
 * @param {WebAssemblySource} [source] where it is; beside this module unless told
 * @param {WebAssemblySource} [panels] where the second file is, in the same way
 * @returns {Promise<Glue>} what it exports
 */
export function load(source, panels) {
  if (panels) {
    usePanels(panels);
  }
  loading ??= start(source).catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

/** @param {WebAssemblySource} [source] */
async function start(source) {
  if (typeof WebAssembly === "undefined") {
    throw failure("unsupported", "this browser has no WebAssembly, or has it switched off");
  }
  // An answer can be read once, and one that did not come may be from long ago: both are asked for anew.
  const response = begun?.catch(() => undefined);
  begun = undefined;
  if (globalThis.document?.querySelector("mi-contact-list")) {
    beginPanels();
  }
  /** @type {URL | undefined} */
  let beside;
  try {
    if (source) {
      response?.then((unused) => unused?.body?.cancel());
    }
    const told = source ?? (await response) ?? place;
    beside = told ? undefined : new URL("./mistatus_bg.wasm", import.meta.url);
    const module = await compile(told ?? /** @type {URL} */ (beside));
    useMain(await init({ module_or_path: module }));
    useErrors((number, message) => new MessengerError(number, message));
    await beginTexts(addTexts);
    return exported;
  } catch (error) {
    if (isForbidden()) {
      throw failure(
        "csp",
        `the page's Content-Security-Policy forbids WebAssembly: add '${CSP_KEYWORD}' to script-src`,
        error,
      );
    }
    const advice = source || place ? "" : adviceFor(import.meta.url, beside, error);
    throw failure(
      "load",
      `the WebAssembly could not be loaded: ${/** @type {Partial<Error> | undefined} */ (error)?.message ?? error}${advice}`,
      error,
    );
  }
}

// The smallest module there is, which fails for no other reason than the policy.
function isForbidden() {
  try {
    new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
    return false;
  } catch {
    return true;
  }
}

/**
 * @param {"csp" | "unsupported" | "load"} reason
 * @param {string} message
 * @param {unknown} [cause]
 */
function failure(reason, message, cause) {
  const error = new MessengerError(HRESULT.E_FAIL, message, { cause });
  error.reason = reason;
  return error;
}
