// The two ways in which markup bound events of objects: <script for="ID" event="OnX(…)"> and `function ID::OnX(…)`.
// The first no browser runs any more; the second is an error of syntax, so that nothing of its script has run.
// Both are given to the page anew as inline scripts, which its policy allows or not, as it did the old ones.

// The page's new scripts find their way back by this name.
const BIND = Symbol.for("mistatus.legacy.bind");

const DOUBLE_COLON = /\bfunction(\s+)([A-Za-z_$][\w$]*)(?:\s*\.\s*object)?\s*::\s*([A-Za-z_$][\w$]*)(?=\s*\()/g;

/** The bindings of functions to events of objects by the id of their elements, which may come later. */
export class OldSyntax {
  #controlOf;
  #waiting = new Map();
  #done = new WeakSet();

  /** @param {(element: Element) => object | undefined} controlOf finds the object behind an element */
  constructor(controlOf) {
    this.#controlOf = controlOf;
  }

  /** Looks at all scripts of the page, and at those that fail from now on. */
  start() {
    Object.defineProperty(globalThis, BIND, { value: (id, event, handler) => this.#bind(id, event, handler) });
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

  /** Gives an element that came what waited for it. */
  adopted(element, control) {
    for (const [event, handler] of this.#waiting.get(element.id) ?? []) {
      control[event] = handler;
    }
    this.#waiting.delete(element.id);
  }

  #bind(id, event, handler) {
    const element = document.getElementById(id);
    const control = element && this.#controlOf(element);
    if (control) {
      control[event] = handler;
    } else {
      this.#waiting.set(id, [...(this.#waiting.get(id) ?? []), [event, handler]]);
    }
  }

  #lookAll(node) {
    const scripts = node.querySelectorAll?.("script[for][event]") ?? [];
    for (const script of node.matches?.("script[for][event]") ? [node, ...scripts] : scripts) {
      this.#bindScript(script);
    }
  }

  #bindScript(script) {
    const id = script.getAttribute("for");
    const [, event, parameters = ""] = /^\s*(\w+)\s*(?:\(([\w$\s,]*)\))?\s*$/.exec(script.getAttribute("event")) ?? [];
    const isOurs = document.getElementById(id) instanceof HTMLObjectElement && /^on/i.test(event ?? "");
    if (!isOurs || !isScript(script) || this.#done.has(script)) {
      return;
    }
    this.#done.add(script);
    run(`${call(id, event)}function(${parameters}){${script.textContent}\n});`, script);
  }

  #failed(event) {
    const script = document.currentScript;
    if (!(event.error instanceof SyntaxError) || !script || script.src || this.#done.has(script)) {
      return;
    }
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
function call(id, event) {
  const [name, ...given] = [BIND.description, id, event].map((text) => JSON.stringify(text));
  return `window[Symbol.for(${name})](${given.join(",")},`;
}

function isScript(script) {
  const language = script.getAttribute("language") || script.getAttribute("type") || "javascript";
  return /j(ava)?script|ecmascript/i.test(language);
}

function run(text, old) {
  const script = document.createElement("script");
  script.textContent = text;
  script.nonce = old.nonce;
  old.after(script);
}
