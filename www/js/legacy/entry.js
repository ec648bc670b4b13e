// The script tag for old pages. Brings the widget's own script along where the page has none: one tag is enough.
// Takes the same data-* attributes as that one, and hands them on.

import { SCOPE } from "../core.js";
import { install } from "./install.js";

const own = document.currentScript;
const isConfigured = Object.keys(own?.dataset ?? {}).length > 0;

const whenLoaded = new Promise((resolve) => {
  const take = () => window.mistatus?.[SCOPE] && resolve(window.mistatus[SCOPE]);
  const bring = () => {
    if (window.mistatus) {
      take();
      return;
    }
    const script = document.createElement("script");
    script.src = new URL("mistatus.js", own?.src || document.baseURI).href;
    script.nonce = own?.nonce ?? "";
    Object.assign(script.dataset, own?.dataset);
    script.addEventListener("load", take);
    script.addEventListener("error", () => console.error(`mistatus: ${script.src} could not be loaded; objects of this page stay offline`));
    document.head.append(script);
  };
  // Without settings of its own it waits for a tag that has them, further down in the page.
  if (isConfigured || document.readyState !== "loading") {
    bring();
  } else {
    document.addEventListener("DOMContentLoaded", bring, { once: true });
  }
});

install((callback) => {
  const scope = window.mistatus?.[SCOPE];
  // Who is signed in already is so for the first line of an old script, too.
  if (scope) {
    scope.subscribe(callback);
  } else {
    whenLoaded.then((loaded) => loaded.subscribe(callback));
  }
});
