// XMLHTTP by its ProgIDs: the browser's own XMLHttpRequest, whose members are found in any letter case, as scripts wrote them.

const PROG_ID = /^(microsoft|msxml\d?)\.(server)?xmlhttp(\.\d+)*$/i;

/**
 * Whether a ProgID means an object that sends requests by HTTP.
 * @param {unknown} progId
 */
export const isXmlHttp = (progId) => PROG_ID.test(String(progId).trim());

/** @type {object | undefined} */
let prototype;

/** Makes a request object. */
export function xmlHttp() {
  prototype ??= inAnyLetterCase(XMLHttpRequest.prototype);
  return Object.setPrototypeOf(new XMLHttpRequest(), /** @type {object} */ (prototype));
}

/**
 * Makes a prototype that finds the members of another one in any letter case.
 * @param {object} own
 */
function inAnyLetterCase(own) {
  const members = new Map();
  for (let part = own; part !== Object.prototype; part = Object.getPrototypeOf(part)) {
    for (const name of Object.getOwnPropertyNames(part)) {
      members.set(name.toLowerCase(), name);
    }
  }
  const spelled = (/** @type {string | symbol} */ name) =>
    typeof name === "symbol" || name in own ? name : (members.get(name.toLowerCase()) ?? name);
  return new Proxy(Object.create(own), {
    get: (target, name, request) => Reflect.get(target, spelled(name), request),
    set: (target, name, value, request) => Reflect.set(target, spelled(name), value, request),
    has: (target, name) => Reflect.has(target, spelled(name)),
  });
}
