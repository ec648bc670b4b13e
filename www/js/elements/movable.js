// Lets a panel be moved and resized, by its head and by the arrow keys on its handle, and keeps it in the window.
// Knows nothing of what the panel shows.

/** By how many pixels an arrow key moves or resizes. */
const STEP = 16;

/** Where panels lie that nobody has moved: each a little off the one before. */
const CASCADE = 28;

/**
 * Makes a panel movable.
 * @param {HTMLElement} panel lies in the window
 * @param {ShadowRoot} root has the head (`.mi-head`) and the handle (`.mi-handle`)
 */
export function movable(panel, root) {
  const head = /** @type {HTMLElement} */ (root.querySelector(".mi-head"));
  const handle = /** @type {HTMLElement} */ (root.querySelector(".mi-handle"));
  const within = (/** @type {number} */ value, /** @type {number} */ room) =>
    `${Math.round(Math.max(0, Math.min(value, room)))}px`;
  const place = (/** @type {number} */ left, /** @type {number} */ top) => {
    const { width, height } = panel.getBoundingClientRect();
    Object.assign(panel.style, {
      right: "auto",
      bottom: "auto",
      left: within(left, innerWidth - width),
      top: within(top, innerHeight - height),
    });
  };
  if (!panel.style.left) {
    const open = [...document.querySelectorAll("mi-conversation[open]")].length - 1;
    const off = 16 + (Math.max(open, 0) % 8) * CASCADE;
    const { width, height } = panel.getBoundingClientRect();
    // By these edges, so that it stays where it is seen when the window gets smaller.
    Object.assign(panel.style, { right: within(off, innerWidth - width), bottom: within(off, innerHeight - height) });
  }

  head.addEventListener("pointerdown", (event) => {
    const button = /** @type {Partial<Element>} */ (event.target).closest?.("button");
    if (event.button !== 0 || (button && button !== handle)) {
      return;
    }
    const { left, top } = panel.getBoundingClientRect();
    const [x, y] = [left - event.clientX, top - event.clientY];
    const moved = (/** @type {PointerEvent} */ move) => place(x + move.clientX, y + move.clientY);
    head.setPointerCapture(event.pointerId);
    head.addEventListener("pointermove", moved);
    head.addEventListener("lostpointercapture", () => head.removeEventListener("pointermove", moved), { once: true });
  });

  handle.addEventListener("keydown", (event) => {
    const { key, shiftKey } = event;
    const x = STEP * (Number(key === "ArrowRight") - Number(key === "ArrowLeft"));
    const y = STEP * (Number(key === "ArrowDown") - Number(key === "ArrowUp"));
    if (x === 0 && y === 0) {
      return;
    }
    event.preventDefault();
    const { left, top, width, height } = panel.getBoundingClientRect();
    if (shiftKey) {
      // Its upper left corner stays where it is.
      place(left, top);
      Object.assign(panel.style, {
        width: `${Math.min(width + x, innerWidth - left)}px`,
        height: `${Math.min(height + y, innerHeight - top)}px`,
      });
    } else {
      place(left + x, top + y);
    }
  });
}
