// The script tag for old pages. Brings the widget's own script along where the page has none: one tag is enough.
// Takes the same data-* attributes as that one, and hands them on.

import { ownerOf } from "../elements/last-known.js";
import { SCOPE } from "../loading/core.js";
import { install, isInstalled } from "./install.js";
import { becomeInternetExplorer } from "./internet-explorer.js";

/** @import { Scope } from "../elements/registry.js" */

// A page may load this twice, through two of its parts: the first one serves both.
if (!isInstalled()) {
  start(/** @type {HTMLScriptElement | null} */ (document.currentScript));
}

/** @param {HTMLScriptElement | null} own */
function start(own) {
  const { internetExplorer, ...settings } = own?.dataset ?? {};
  if (internetExplorer !== undefined) {
    becomeInternetExplorer();
  }
  const whenLoaded = widget(own, settings);
  // It has been said; who needs the messenger hears of it as well.
  whenLoaded.catch(() => {});
  const scope = () => window.mistatus?.[SCOPE];
  const { server, domain, transport, signinName } = settings;
  // As the widget's own script says it, once that is there.
  const place = server ?? (transport === "xmpp" ? domain : new URL("stream", own?.src || document.baseURI).href);
  install(
    (callback) => {
      const there = scope();
      // Who is signed in already is so for the first line of an old script, too.
      if (there) {
        there.subscribe(callback);
      } else {
        whenLoaded.then(
          (loaded) => loaded.subscribe(callback),
          (error) => callback(null, error),
        );
      }
    },
    () => scope()?.key ?? ownerOf(place, signinName),
  );
}

// Returns a promise of the scope that the widget's own script makes.
/**
 * @param {HTMLScriptElement | null} own
 * @param {DOMStringMap} settings
 * @returns {Promise<Scope>}
 */
function widget(own, settings) {
  return new Promise((resolve, reject) => {
    const take = () => window.mistatus?.[SCOPE] && resolve(window.mistatus[SCOPE]);
    const missing = (/** @type {Event} */ { target }) => {
      const { src } = /** @type {HTMLScriptElement} */ (target);
      const error = new Error(`mistatus: ${src} could not be loaded; the objects of this page stay offline`);
      console.error(error.message);
      reject(error);
    };
    const bring = () => {
      // One that is `async` may still be on its way.
      const tag = [...document.scripts].find(({ src }) => /\/mistatus\.js(?![^?#])/.test(src));
      if (window.mistatus) {
        take();
      } else if (tag) {
        tag.addEventListener("load", take);
        tag.addEventListener("error", missing);
      } else {
        const script = widgetScript(own, settings);
        script.addEventListener("load", take);
        script.addEventListener("error", missing);
        document.head.append(script);
      }
    };
    // Without settings of its own it waits for a tag that has them, further down in the page.
    const isConfigured = Object.keys(settings).length > 0;
    if (isConfigured || document.readyState !== "loading") {
      bring();
    } else {
      document.addEventListener("DOMContentLoaded", bring, { once: true });
    }
  });
}

/**
 * @param {HTMLScriptElement | null} own
 * @param {DOMStringMap} settings
 */
function widgetScript(own, settings) {
  const script = document.createElement("script");
  script.src = new URL("mistatus.js", own?.src || document.baseURI).href;
  script.nonce = own?.nonce ?? "";
  // Errors of a script of another origin are told to the page's `onerror` only where it has this.
  script.crossOrigin = own?.crossOrigin ?? null;
  Object.assign(script.dataset, settings);
  return script;
}
