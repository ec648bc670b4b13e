// Scripts of the page that compile on conditions: given, just before they run, the text that Internet Explorer ran of them.
// A script in a file becomes one in the page by that; where the page's policy forbids such, all stay as they are.

import { compiled } from "./conditional-compilation.js";

export class ConditionalScripts {
  /**
   * What each script has of the page, and what it was made.
   * @type {WeakMap<HTMLScriptElement, { raw: string, made: string }>}
   */
  #known = new WeakMap();

  /** Looks at each script that the parser meets from now on. It lets observers run before it runs a script. */
  start() {
    const observer = new MutationObserver((records) => {
      for (const { target, addedNodes } of records) {
        for (const node of [...addedNodes, target, target.parentNode]) {
          if (node instanceof HTMLScriptElement) {
            this.#look(node);
          }
        }
      }
    });
    observer.observe(document, { subtree: true, childList: true, characterData: true });
    document.addEventListener("DOMContentLoaded", () => observer.disconnect(), { once: true });
  }

  /** @param {HTMLScriptElement} script */
  #look(script) {
    if (!isClassic(script)) {
      return;
    }
    if (script.hasAttribute("src")) {
      this.#lookAtFile(script);
      return;
    }
    // The text may come in parts; what was made of the first ones stands before the others.
    const { raw, made } = this.#known.get(script) ?? { raw: "", made: "" };
    const text = script.textContent;
    if (text !== made && text.startsWith(made)) {
      const whole = raw + text.slice(made.length);
      const result = compiled(whole);
      this.#known.set(script, { raw: whole, made: result });
      if (result !== text && mayRun(script)) {
        script.textContent = result;
      }
    }
  }

  /** @param {HTMLScriptElement} script */
  #lookAtFile(script) {
    // Those that do not hold the parser up may have been asked for; and other origins' files cannot be read.
    if (script.async || script.defer || new URL(script.src).origin !== location.origin || this.#known.has(script)) {
      return;
    }
    this.#known.set(script, { raw: "", made: "" });
    const raw = fileAt(script.src);
    const made = raw && compiled(raw);
    if (raw && made && made !== raw && mayRun(script)) {
      this.#known.set(script, { raw, made });
      if (READS_ADDRESS_FIRST) {
        runInstead(script, made);
        return;
      }
      script.removeAttribute("src");
      // In the place of what stands in it, which was never run.
      script.textContent = made;
    }
  }
}

/** Whether the browser has read a script's address before observers see the script: Firefox. */
const READS_ADDRESS_FIRST = "mozInnerScreenX" in window;

/**
 * Runs a text in the place of a script in a file. What it writes stands behind it: only of a script of the parser's own would
 * that be read with the rest of the page, and of any other it would replace the page.
 * @param {HTMLScriptElement} script
 * @param {string} text
 */
function runInstead(script, text) {
  const instead = document.createElement("script");
  instead.nonce = script.nonce;
  instead.textContent = text;
  script.type = "text/plain";
  let written = "";
  const write = (/** @type {string[]} */ ...texts) => {
    written += texts.join("");
  };
  Object.assign(document, { write, writeln: write });
  script.before(instead);
  for (const name of ["write", "writeln"]) {
    Reflect.deleteProperty(document, name);
  }
  instead.after(document.createRange().createContextualFragment(written));
}

/** @param {HTMLScriptElement & { language?: string }} script */
const isClassic = ({ type, language = "" }) =>
  type === "" ? language === "" || /^(?:java|j)script/i.test(language) : /\b(?:java|j|ecma)script$/i.test(type);

// The parser waits for the script anyway.
/** @param {string} address */
function fileAt(address) {
  const request = new XMLHttpRequest();
  try {
    request.open("GET", address, false);
    request.send();
    return request.status === 200 ? request.responseText : undefined;
  } catch {
    // The script itself says that it cannot be loaded.
    return undefined;
  }
}

// Whether the page's policy lets a script of the page run whose text is not the page's own.
/** @param {HTMLScriptElement} script */
function mayRun({ nonce }) {
  const probe = document.createElement("script");
  probe.nonce = nonce;
  try {
    probe.textContent = 'document.currentScript.id = "ran"';
    document.head.append(probe);
    return probe.id === "ran";
  } catch {
    // Trusted types.
    return false;
  } finally {
    probe.remove();
  }
}
