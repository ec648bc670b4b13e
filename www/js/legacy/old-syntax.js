// The two ways in which markup bound events of objects: <script for="ID" event="OnX(…)"> and `function ID::OnX(…)`.
// The first no browser runs any more; the second is an error of syntax, so that nothing of its script has run.
// Both are given to the page anew as inline scripts, which its policy allows or not, as it did the old ones.

/** @import { Face } from "./late-bound.js" */

// The page's new scripts find their way back by this name.
const BIND = Symbol.for("mistatus.legacy.bind");

const DOUBLE_COLON = /\bfunction(\s+)([A-Za-z_$][\w$]*)(?:\s*\.\s*object)?\s*::\s*([A-Za-z_$][\w$]*)(?=\s*\()/g;

/** The bindings of functions to events of objects by the id of their elements, which may come later. */
export class OldSyntax {
  #controlOf;
  /** @type {Map<string, [event: string, handler: unknown][]>} */
  #waiting = new Map();
  /** @type {WeakSet<Element>} */
  #done = new WeakSet();

  /** @param {(element: HTMLElement) => Face | undefined} controlOf finds the object behind an element */
  constructor(controlOf) {
    this.#controlOf = controlOf;
  }

  /** Looks at all scripts of the page, and at those that fail from now on. */
  start() {
    Object.defineProperty(globalThis, BIND, {
      value: (/** @type {string} */ id, /** @type {string} */ event, /** @type {unknown} */ handler) =>
        this.#bind(id, event, handler),
    });
    addEventListener("error", (event) => this.#failed(event), true);
    const look = () => {
      this.#lookAll(document);
      new MutationObserver((records) => {
        for (const { addedNodes } of records) {
          addedNodes.forEach((node) => this.#lookAll(node));
        }
      }).observe(document, { subtree: true, childList: true });
    };
    if (document.readyState === "loading") {
      document.addEventListener("DOMContentLoaded", look, { once: true });
    } else {
      look();
    }
  }

  /**
   * Gives an element that came what waited for it.
   * @param {Element} element
   * @param {Face} control
   */
  adopted(element, control) {
    for (const [event, handler] of this.#waiting.get(element.id) ?? []) {
      control[event] = handler;
    }
    this.#waiting.delete(element.id);
  }

  /**
   * @param {string} id
   * @param {string} event
   * @param {unknown} handler
   */
  #bind(id, event, handler) {
    const element = document.getElementById(id);
    const control = element && this.#controlOf(element);
    if (control) {
      control[event] = handler;
    } else {
      this.#waiting.set(id, [...(this.#waiting.get(id) ?? []), [event, handler]]);
    }
  }

  /** @param {Node} node */
  #lookAll(node) {
    const element = /** @type {Partial<Element>} */ (node);
    const scripts = element.querySelectorAll?.("script[for][event]") ?? [];
    for (const script of element.matches?.("script[for][event]") ? [node, ...scripts] : scripts) {
      this.#bindScript(/** @type {HTMLScriptElement} */ (script));
    }
  }

  /** @param {HTMLScriptElement} script */
  #bindScript(script) {
    const id = /** @type {string} */ (script.getAttribute("for"));
    const [, event, parameters = ""] =
      /^\s*(\w+)\s*(?:\(([\w$\s,]*)\))?\s*$/.exec(/** @type {string} */ (script.getAttribute("event"))) ?? [];
    const isOurs = document.getElementById(id) instanceof HTMLObjectElement && /^on/i.test(event ?? "");
    if (!isOurs || !isScript(script) || this.#done.has(script)) {
      return;
    }
    this.#done.add(script);
    run(`${call(id, event)}function(${parameters}){${script.textContent}\n});`, script);
  }

  /** @param {ErrorEvent} event */
  #failed(event) {
    const script = /** @type {HTMLScriptElement | null} */ (document.currentScript);
    if (!(event.error instanceof SyntaxError) || !script || script.src || this.#done.has(script)) {
      return;
    }
    /** @type {string[]} */
    const bindings = [];
    const text = script.textContent.replace(DOUBLE_COLON, (_, space, id, name) => {
      const handler = `__${id}_${name}`;
      bindings.push(`${call(id, name)}${handler});`);
      return `function${space}${handler}`;
    });
    if (bindings.length > 0) {
      this.#done.add(script);
      event.preventDefault();
      event.stopImmediatePropagation();
      // Functions are there before their script runs; and its lines keep their numbers.
      run(bindings.join("") + text, script);
    }
  }
}

// Begins a call whose last argument is the handler.
/**
 * @param {string} id
 * @param {string} event
 */
function call(id, event) {
  const [name, ...given] = [BIND.description, id, event].map((text) => JSON.stringify(text));
  return `window[Symbol.for(${name})](${given.join(",")},`;
}

/** @param {Element} script */
function isScript(script) {
  const language = script.getAttribute("language") || script.getAttribute("type") || "javascript";
  return /j(ava)?script|ecmascript/i.test(language);
}

/**
 * @param {string} text
 * @param {HTMLScriptElement} old
 */
function run(text, old) {
  const script = document.createElement("script");
  script.textContent = text;
  script.nonce = old.nonce;
  old.after(script);
}
