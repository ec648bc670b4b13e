// The script tag. Defines the elements at once, so that they show their fallback or last known state,
// and fetches the rest after. Reads its settings from its own data-* attributes; must stay small.

import { HRESULT, MISTATUS } from "../automation/constants.js";
import { defineElements } from "../elements/define.js";
import { namesNear } from "../elements/element-base.js";
import { ownerOf } from "../elements/last-known.js";
import { pageLanguage } from "../elements/page-language.js";
import { pageScope } from "../elements/registry.js";
import { settingsOf } from "../elements/settings.js";
import { core, openMessenger, provideCore, SCOPE } from "./core.js";
import { beginWith } from "./early.js";
import { fileFor } from "./languages.js";
import { tokenFrom } from "./token.js";

/**
 * @import { Options } from "../automation/connect.js"
 * @import { Messenger } from "../automation/messenger.js"
 * @import { Scope } from "../elements/registry.js"
 */

/** @typedef {typeof import("./core-entry.js")} Core */

/** @typedef {Error & { reason?: "load" }} LoadError */

/* global __MISTATUS_VERSION__ */
const version = typeof __MISTATUS_VERSION__ === "string" ? __MISTATUS_VERSION__ : "0.0.0";

/* global __MISTATUS_FILES__ */
/** What the rest is called, by transport: the script and its WebAssembly. Each name has a hash of the content. */
const FILES = __MISTATUS_FILES__;

/* global __MISTATUS_TEXTS__ */
/** The hash of all texts, which stands in the name of each of their files. */
const TEXTS = __MISTATUS_TEXTS__;

/**
 * What the script tag leaves behind, at `window.mistatus`; also, for old pages' scripts, the page's scope.
 * @typedef {PageMembers & { readonly [SCOPE]: Scope }} PageObject
 */

/**
 * What pages find there.
 *
 * @typedef {object} PageMembers
 * @property {string} version
 * @property {typeof MISTATUS} MISTATUS
 * @property {typeof HRESULT} HRESULT
 * @property {(options: Options) => Promise<Messenger>} connect
 * @property {(tag: string, texts: Readonly<Record<string, string>>) => void} texts
 * @property {Promise<Messenger>} ready the page's messenger, once it is signed in
 * @property {Messenger | null} messenger null until the WebAssembly is there
 */

// A page may load this twice, through two of its parts: the first one serves both.
if (window.mistatus?.version) {
  console.warn(
    `mistatus.js is loaded twice; the settings of the first (${window.mistatus.version}) hold`,
    document.currentScript,
  );
} else {
  // What is a module or imported is no current script, but has an address.
  const [address] = /[\w-]+:\/\/[^\s)]+?(?=:\d+:\d+)/.exec(/** @type {string} */ (new Error().stack)) ?? [];
  start(
    /** @type {HTMLScriptElement | null} */ (document.currentScript) ??
      [...document.scripts].find(({ src }) => src === address),
    address,
  );
}

/**
 * @param {HTMLScriptElement | undefined} script
 * @param {string} [own] the address of this script, where the browser tells it
 */
function start(script, own) {
  const address = script?.src || own || document.baseURI;
  const dataset = script?.dataset ?? {};
  const given = settingsOf(dataset);
  const { server, tokenUrl, signinName, transport, domain } = given;
  /** @type {Partial<Record<"json" | "xmpp", Promise<Core>>>} */
  const loading = {};

  pageScope.language = dataset.lang ?? "";
  provideCore((transport) => {
    const kind = transport === "xmpp" ? transport : "json";
    loading[kind] ??= load(address, FILES[kind]).catch((error) => {
      delete loading[kind];
      throw error;
    });
    return loading[kind];
  });

  const settings = /** @type {Options} */ ({
    ...given,
    // An XMPP service is found by its domain. A server may be below a path of its host.
    server: server ?? (transport === "xmpp" ? undefined : new URL("stream", address).href),
    token: tokenFrom(tokenUrl && new URL(tokenUrl, document.baseURI).href, given.tokenCredentials),
    // As messengers do: a message from somebody on the list opens their conversation.
    openOnMessage: dataset.openOnMessage !== "false",
    untagged: !script,
  });
  // A tag that says who the user is has a messenger of its own, and signs them in whether or not the page shows anything;
  // without one, the page's first serves the elements.
  const isOwn = !!(server || tokenUrl || signinName || domain);
  pageScope.key = ownerOf(settings.server ?? domain, signinName);
  pageScope.reopen((signal) => openMessenger(settings, { names: () => namesNear(pageScope), signal }), isOwn);

  const connect = (/** @type {Options} */ options) =>
    beginWith(options, async (begun) => /** @type {Core} */ (await core(options?.transport)).connect(begun));
  window.mistatus = Object.freeze({
    version,
    MISTATUS,
    HRESULT,
    connect,
    texts: (...own) => void pageScope.texts.push(own),
    [SCOPE]: pageScope,
    /** The page's messenger, once it is signed in. */
    get ready() {
      return pageScope.open().then((messenger) => /** @type {Messenger} */ (messenger).signedIn);
    },
    /** The page's messenger; null until the WebAssembly is there. */
    get messenger() {
      return pageScope.messenger;
    },
  });

  defineElements();
}

let failures = 0;

/**
 * @param {string} address beside which everything lies
 * @param {readonly [script: string, wasm: string]} files
 */
async function load(address, files) {
  const [script, wasm] = files.map((file) => new URL(file, address));
  // All at the same time; what becomes of them is said to whoever wants them.
  const begin = (/** @type {URL} */ file) => {
    const response = fetch(file);
    response.catch(() => {});
    return response;
  };
  const response = begin(wasm);
  const language = fileFor(pageLanguage());
  const texts = language ? begin(new URL(`mistatus-${language}-${TEXTS}.json`, address)) : undefined;
  // A failed import is tried again under another address: browsers remember the failure of the first.
  if (failures > 0) {
    script.searchParams.set("again", /** @type {string} */ (/** @type {unknown} */ (failures)));
  }
  try {
    const core = /** @type {Core} */ (await import(script.href));
    core.useResponse(response);
    core.useTexts(language, texts);
    return core;
  } catch (error) {
    failures += 1;
    const failure = /** @type {LoadError} */ (
      new Error(`${script.pathname} could not be loaded: ${/** @type {Error} */ (error).message}`, { cause: error })
    );
    failure.reason = "load";
    throw failure;
  }
}
