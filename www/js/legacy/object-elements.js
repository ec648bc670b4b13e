// <object classid="clsid:…">: the element becomes the object, however and whenever it got its classid.
// What an element of that kind can do itself goes first; everything else is asked of the object behind it.

import { COMMUNICATOR, MESSENGER, NAME } from "./prog-ids.js";

/** @import { Face } from "./late-bound.js" */

const CLASSES = new Map([
  ["b69003b3-c55e-4b48-836c-bc5946fc3b28", MESSENGER],
  ["8885370d-b33e-44b7-875d-28e403cf9270", COMMUNICATOR],
  ["e18fec31-2ea1-49a2-a7a6-902dc0d1ff05", NAME],
]);

const TYPES = new Map([["application/x-sharepoint-uc", NAME]]);

const WATCHED = ["classid", "progid", "type"];

/** @typedef {{ kind: string, control: Face | undefined }} Known */

/** The object elements of a page, which it turns into the objects that they name. */
export class ObjectElements {
  #create;
  #byProgId;
  #onAdopted;
  /** @type {WeakMap<Element, Known>} */
  #controls = new WeakMap();

  /**
   * @param {(progId: string, element: Element) => Face | undefined} create makes what stands behind an element
   * @param {(progId: string) => string | undefined} byProgId tells which object a ProgID means
   * @param {(element: Element, control: Face) => void} onAdopted is told of each element in the page
   */
  constructor(create, byProgId, onAdopted) {
    this.#create = create;
    this.#byProgId = byProgId;
    this.#onAdopted = onAdopted;
  }

  /** Lets elements answer, and looks for those of the page. */
  start() {
    this.#answer();
    const observer = new MutationObserver((records) => {
      for (const { target, addedNodes, type } of records) {
        if (type === "attributes") {
          this.#adopt(target);
        }
        for (const node of addedNodes) {
          this.#adoptAll(node);
        }
      }
    });
    observer.observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: WATCHED });
    this.#adoptAll(document);
  }

  /**
   * Returns the object behind an element; undefined for elements of no such class.
   * @param {HTMLElement} element
   */
  controlOf(element) {
    const kind = this.#kindOf(element);
    let known = this.#controls.get(element);
    if (kind !== known?.kind) {
      known = /** @type {Known | undefined} */ (kind && { kind, control: this.#create(kind, element) });
      if (known) {
        this.#controls.set(element, known);
        // An object that is there shows nothing of what stands in for one that is not.
        element.style.setProperty("display", "none");
      } else {
        this.#controls.delete(element);
      }
    }
    return known?.control;
  }

  /** @param {Element} element */
  #kindOf(element) {
    const classId = /^\s*(clsid|progid|java):\{?([^}]*)\}?\s*$/i.exec(element.getAttribute("classid") ?? "");
    switch (classId?.[1].toLowerCase()) {
      case "clsid":
        return CLASSES.get(classId[2].trim().toLowerCase());
      case "progid":
        return this.#byProgId(classId[2]);
      default:
        return (
          this.#byProgId(element.getAttribute("progid") ?? "") ??
          TYPES.get((element.getAttribute("type") ?? "").trim().toLowerCase())
        );
    }
  }

  /** @param {Node} node */
  #adoptAll(node) {
    if (node instanceof HTMLObjectElement) {
      this.#adopt(node);
    }
    for (const element of /** @type {Partial<ParentNode>} */ (node).querySelectorAll?.("object") ?? []) {
      this.#adopt(element);
    }
  }

  /** @param {Node} element */
  #adopt(element) {
    const control = element instanceof HTMLObjectElement && this.controlOf(element);
    if (control) {
      this.#onAdopted(element, control);
    }
  }

  // Between the elements' own prototype and the next one, so that nothing of their own changes.
  #answer() {
    const own = HTMLObjectElement.prototype;
    const inherited = Object.create(Object.getPrototypeOf(own));
    const controlOf = (/** @type {unknown} */ element) =>
      element instanceof Element ? this.controlOf(/** @type {HTMLElement} */ (element)) : undefined;
    Object.setPrototypeOf(
      own,
      new Proxy(inherited, {
        get: (target, name, element) => {
          if (typeof name === "symbol" || name in target) {
            return Reflect.get(target, name, element);
          }
          const control = controlOf(element);
          const value = control && name.toLowerCase() === "object" ? control : control?.[name];
          return value ?? Reflect.get(target, name, element);
        },
        set: (target, name, value, element) => {
          const control = typeof name === "symbol" || name in target ? undefined : controlOf(element);
          if (control && name in control) {
            control[/** @type {string} */ (name)] = value;
            return true;
          }
          return Reflect.set(target, name, value, element);
        },
      }),
    );
    for (const name of ["classid", "progid"]) {
      Object.defineProperty(own, name, {
        configurable: true,
        enumerable: true,
        /** @this {Element} */
        get() {
          return this.getAttribute(name) ?? "";
        },
        /**
         * @this {Element}
         * @param {string} value
         */
        set(value) {
          this.setAttribute(name, value);
        },
      });
    }
  }
}
