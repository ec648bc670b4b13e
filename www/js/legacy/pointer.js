// Where the pointer is, and whether moving it was the last thing that the user did. Listens from the start: a page may show
// something a while after the pointer came to its mark.

/** The events in which a pointer comes to something. */
const COMING = /^(mouse|pointer)(over|enter|move)$/;

/** The events in which it leaves something. */
const LEAVING = /^(mouse|pointer)(out|leave)$/;

export class Pointer {
  /** @type {EventTarget[]} */
  #path = [];
  #isMoving = false;

  /** @param {() => void} moved is called when the pointer has come to something else */
  constructor(moved) {
    const at = (/** @type {EventTarget[]} */ path) => {
      this.#path = path;
      moved();
    };
    /** @type {(type: string, listener: (event: PointerEvent) => void) => void} */
    const listen = (type, listener) =>
      document.addEventListener(type, /** @type {EventListener} */ (listener), { capture: true, passive: true });
    listen("pointerover", (event) => {
      this.#isMoving = true;
      at(event.composedPath());
    });
    // Out of the window; whatever else it leaves it comes to something.
    listen("pointerout", ({ relatedTarget }) => relatedTarget === null && at([]));
    for (const act of ["pointerdown", "keydown"]) {
      listen(act, () => {
        this.#isMoving = false;
      });
    }
  }

  /** Whether what runs now runs because the pointer came to something; later than the event, whether that was the last. */
  get isComing() {
    return window.event ? COMING.test(window.event.type) : this.#isMoving;
  }

  /** Whether what runs now may run because the pointer left something. */
  get isLeaving() {
    return !window.event || LEAVING.test(window.event.type);
  }

  /** The element that it came to: the one whose handler runs now, else the innermost one; null for the page itself. */
  get mark() {
    const handling = window.event?.currentTarget;
    const [element] = handling instanceof Element ? [handling] : this.#path;
    return element instanceof Element && element !== document.body && element !== document.documentElement
      ? element
      : null;
  }

  /**
   * Whether it is over an element.
   * @param {Element | null} element
   */
  isOver(element) {
    return element !== null && this.#path.includes(element);
  }
}
