// Gives a page back what Internet Explorer had: ActiveXObject, <object> elements, Enumerator, VBArray.
// Importing it does nothing; what a browser has of its own is kept for everybody else's objects.

import { AutomationFamily } from "./automation.js";
import { Enumerator, VBArray } from "./com-types.js";
import { cannotCreate } from "./errors.js";
import { Followers } from "./followers.js";
import { LateBinding } from "./late-bound.js";
import { Link } from "./link.js";
import { NameControls } from "./name-control.js";
import { ObjectElements } from "./object-elements.js";
import { OldSyntax } from "./old-syntax.js";
import { PersonCard } from "./person-card.js";
import { COMMUNICATOR, MESSENGER, NAME, objectOf } from "./prog-ids.js";
import { folded } from "./statuses.js";
import { isXmlHttp, xmlHttp } from "./xml-http.js";

/**
 * @import { Face } from "./late-bound.js"
 * @import { Subscribe } from "./link.js"
 */

const INSTALLED = Symbol.for("mistatus.legacy");

/** Whether this page has it all already. */
export const isInstalled = () =>
  Boolean(/** @type {Record<symbol, unknown>} */ (/** @type {unknown} */ (globalThis))[INSTALLED]);

/**
 * Installs it all, once a page.
 * @param {Subscribe} subscribe
 *   opens the page's messenger and tells which it is, or why there is none, now and later
 * @param {() => string} owner
 *   returns whose page it is, as `ownerOf` of last-known.js does
 */
export function install(subscribe, owner) {
  if (isInstalled()) {
    return;
  }
  Object.defineProperty(globalThis, INSTALLED, { value: true });
  const link = new Link(subscribe, owner);
  // Pages for Messenger know its statuses only; pages for Communicator know all.
  /** @type {Record<string, AutomationFamily>} */
  const families = {
    [MESSENGER]: new AutomationFamily(link, new LateBinding(folded)),
    [COMMUNICATOR]: new AutomationFamily(link, new LateBinding((status) => status)),
  };
  const nameControls = new NameControls(new Followers(link), new PersonCard(link));
  /** @type {(kind: string, target?: EventTarget) => Face} */
  const make = (kind, target) => (kind === NAME ? nameControls.create() : families[kind].create(target));

  const elements = new ObjectElements(make, objectOf, (element, control) => oldSyntax.adopted(element, control));
  const oldSyntax = new OldSyntax((element) => elements.controlOf(element));
  oldSyntax.start();
  elements.start();

  // The same messenger as often as it is asked for, as there was one on a computer.
  /** @type {Record<string, Face>} */
  const roots = {};
  const create = (/** @type {string} */ kind) => (kind === NAME ? make(kind) : (roots[kind] ??= make(kind)));
  define(
    "ActiveXObject",
    activeXObject(create, /** @type {{ ActiveXObject?: unknown }} */ (globalThis).ActiveXObject),
    true,
  );
  define("Enumerator", Enumerator);
  define("VBArray", VBArray);
}

/**
 * @param {(kind: string) => Face} create
 * @param {unknown} real the browser's own
 */
function activeXObject(create, real) {
  /**
   * @param {unknown} progId
   * @param {unknown} [location]
   */
  return function ActiveXObject(progId, location) {
    const kind = typeof progId === "string" ? objectOf(progId) : undefined;
    if (kind) {
      return create(kind);
    }
    if (typeof real === "function") {
      return Reflect.construct(real, [progId, location]);
    }
    if (isXmlHttp(progId)) {
      return xmlHttp();
    }
    throw cannotCreate();
  };
}

/**
 * @param {string} name
 * @param {unknown} value
 * @param {boolean} [always]
 */
function define(name, value, always = false) {
  if (always || !(name in globalThis)) {
    Object.defineProperty(globalThis, name, { configurable: true, writable: true, value });
  }
}
