// The script tag. Defines the elements at once, so that they show their fallback or last known state,
// and fetches the rest after. Reads its settings from its own data-* attributes; must stay small.

import { HRESULT, MISTATUS } from "../automation/constants.js";
import { SCOPE, core, openMessenger, provideCore } from "./core.js";
import { defineElements } from "../elements/define.js";
import { beginWith } from "./early.js";
import { defaults, languageOf, namesNear } from "../elements/element-base.js";
import { pageScope } from "../elements/registry.js";
import { tokenFrom } from "./token.js";

/* global __MISTATUS_VERSION__ */
const version = typeof __MISTATUS_VERSION__ === "string" ? __MISTATUS_VERSION__ : "0.0.0";

/* global __MISTATUS_FILES__ */
/** What the rest is called, by transport: the script and its WebAssembly. Each name has a hash of the content. */
const FILES = __MISTATUS_FILES__;

// A page may load this twice, through two of its parts: the first one serves both.
if (window.mistatus?.version) {
  console.warn(
    `mistatus.js is loaded twice; the settings of the first (${window.mistatus.version}) hold`,
    document.currentScript,
  );
} else {
  start(document.currentScript);
}

function start(script) {
  const address = script?.src || document.baseURI;
  const { server, tokenUrl, signinName, friendlyName, transport, lang, shareConnection, openOnMessage, domain, credentials, approval } =
    script?.dataset ?? {};
  const loading = {};

  defaults.language = lang ?? "";
  provideCore((transport) => {
    const kind = transport === "xmpp" ? transport : "json";
    loading[kind] ??= load(...FILES[kind].map((file) => new URL(file, address))).catch((error) => {
      delete loading[kind];
      throw error;
    });
    return loading[kind];
  });

  const settings = {
    // An XMPP service is found by its domain.
    server: server ?? (transport === "xmpp" ? undefined : new URL("/stream", address).href),
    token: tokenFrom(tokenUrl && new URL(tokenUrl, document.baseURI).href),
    signinName,
    friendlyName,
    transport,
    domain,
    credentials,
    approval,
    shareConnection,
    // What the API says and what the elements show must not differ.
    extendedStates: true,
    keepTrying: true,
    // As messengers do: a message from somebody on the list opens their conversation.
    openOnMessage: openOnMessage !== "false",
  };
  pageScope.key = [settings.server ?? domain, signinName ?? tokenUrl ?? ""].join(" ");
  pageScope.reopen(async (signal) => {
    try {
      return await openMessenger(settings, { names: () => namesNear(pageScope), signal });
    } catch (error) {
      console.error(`mistatus: ${error.message}`);
      throw error;
    }
  });

  // A tag that says who the user is has a messenger of its own; without one, the page's first serves the elements.
  const isOwn = [server, tokenUrl, signinName, domain].some((setting) => setting !== undefined);
  const connect = async (options) => {
    const messenger = await beginWith(options, async (begun) => (await core(options?.transport)).connect(begun));
    if (!isOwn) {
      pageScope.adopt(messenger);
    }
    return messenger;
  };
  window.mistatus = Object.freeze({
    version,
    MISTATUS,
    HRESULT,
    connect,
    [SCOPE]: pageScope,
    /** The page's messenger, once it is signed in. */
    get ready() {
      return pageScope.open().then((messenger) => messenger.signedIn);
    },
    /** The page's messenger; null until the WebAssembly is there. */
    get messenger() {
      return pageScope.messenger;
    },
  });

  defineElements();
  // A page's first formatter takes tens of milliseconds, all others none: now, while nobody waits for the tooltips. Where
  // a browser has no idle moments, that is when the first tooltip is made.
  window.requestIdleCallback?.(() => new Intl.DateTimeFormat(languageOf(document.documentElement)).format());
  // It signs them in, whether or not the page shows anything.
  if (isOwn) {
    pageScope.open().catch(() => {});
  }
}

let failures = 0;

async function load(script, wasm) {
  // Both at the same time; what becomes of it is said to whoever wants the WebAssembly.
  const response = fetch(wasm);
  response.catch(() => {});
  // A failed import is tried again under another address: browsers remember the failure of the first.
  if (failures > 0) {
    script.searchParams.set("again", failures);
  }
  try {
    const core = await import(script.href);
    core.useResponse(response);
    return core;
  } catch (error) {
    failures += 1;
    const failure = new Error(`${script.pathname} could not be loaded: ${error.message}`, { cause: error });
    failure.reason = "load";
    throw failure;
  }
}
