// The script tag for old pages. Brings the widget's own script along where the page has none: one tag is enough.
// Takes the same data-* attributes as that one, and hands them on.

import { ownerOf } from "../elements/last-known.js";
import { SCOPE } from "../loading/core.js";
import { install, isInstalled } from "./install.js";

/** @import { Scope } from "../elements/registry.js" */

// A page may load this twice, through two of its parts: the first one serves both.
if (!isInstalled()) {
  start(/** @type {HTMLScriptElement | null} */ (document.currentScript));
}

/** @param {HTMLScriptElement | null} own */
function start(own) {
  const whenLoaded = widget(own);
  const scope = () => window.mistatus?.[SCOPE];
  const { server, domain, transport, signinName } = own?.dataset ?? {};
  // As the widget's own script says it, once that is there.
  const place = server ?? (transport === "xmpp" ? domain : new URL("/stream", own?.src || document.baseURI).href);
  install(
    (callback) => {
      const there = scope();
      // Who is signed in already is so for the first line of an old script, too.
      if (there) {
        there.subscribe(callback);
      } else {
        whenLoaded.then((loaded) => loaded.subscribe(callback));
      }
    },
    () => scope()?.key ?? ownerOf(place, signinName),
  );
}

// Returns a promise of the scope that the widget's own script makes.
/**
 * @param {HTMLScriptElement | null} own
 * @returns {Promise<Scope>}
 */
function widget(own) {
  return new Promise((resolve) => {
    const take = () => window.mistatus?.[SCOPE] && resolve(window.mistatus[SCOPE]);
    const bring = () => {
      // One that is `async` may still be on its way.
      const tag = [...document.scripts].find(({ src }) => /\/mistatus\.js(?![^?#])/.test(src));
      if (window.mistatus) {
        take();
      } else if (tag) {
        tag.addEventListener("load", take);
      } else {
        document.head.append(widgetScript(own, take));
      }
    };
    // Without settings of its own it waits for a tag that has them, further down in the page.
    const isConfigured = Object.keys(own?.dataset ?? {}).length > 0;
    if (isConfigured || document.readyState !== "loading") {
      bring();
    } else {
      document.addEventListener("DOMContentLoaded", bring, { once: true });
    }
  });
}

/**
 * @param {HTMLScriptElement | null} own
 * @param {() => void} then
 */
function widgetScript(own, then) {
  const script = document.createElement("script");
  script.src = new URL("mistatus.js", own?.src || document.baseURI).href;
  script.nonce = own?.nonce ?? "";
  Object.assign(script.dataset, own?.dataset);
  script.addEventListener("load", then);
  script.addEventListener("error", () =>
    console.error(`mistatus: ${script.src} could not be loaded; the objects of this page stay offline`),
  );
  return script;
}
