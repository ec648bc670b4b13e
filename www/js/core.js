// The seam between the elements, which are there at once, and the rest, which comes later or lives in another file.

/** Is the method by which a messenger draws into a shadow root; shared by all copies of the library on a page. */
export const MOUNT = Symbol.for("mistatus.mount");

/** Is the method by which a messenger takes an open conversation panel as one of its windows. */
export const WINDOW = Symbol.for("mistatus.window");

let provider = () => Promise.reject(new Error("nobody provided the core"));

/** Says how the core is had: a function that returns a promise of `{ open }`. */
export function provideCore(get) {
  provider = get;
}

/** Returns a promise of the core. */
export function core() {
  return provider();
}
