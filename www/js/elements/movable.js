// Lets a panel be moved and resized, by its head, by its corners and by the arrow keys on its handle, and keeps it where it is
// seen. Knows nothing of what the panel shows.

/** By how many pixels an arrow key moves or resizes. */
const STEP = 16;

/** Distance in pixels of a panel that nobody has moved from the window's edges, and from the panel that lies there already. */
const EDGE = 16;
const CASCADE = 28;

/** How many panels lie above one another before the next begins at the window's lower edge again. */
const STEPS = 8;

/** Least width and height of a panel in pixels, as in conversation/style.css. */
const LEAST = 160;

/** What corners are called: by points of the compass. */
const CORNERS = ["nw", "ne", "sw", "se"];

/**
 * Makes a panel movable.
 * @param {HTMLElement} panel lies in the window
 * @param {ShadowRoot} root has the panel's box (`.mi-chat`), its head (`.mi-head`) and its handle (`.mi-handle`)
 * @returns {() => void} ends it
 */
export function movable(panel, root) {
  const box = /** @type {HTMLElement} */ (root.querySelector(".mi-chat"));
  const head = /** @type {HTMLElement} */ (root.querySelector(".mi-head"));
  const handle = /** @type {HTMLElement} */ (root.querySelector(".mi-handle"));
  const life = new AbortController();
  const { signal } = life;

  const place = (/** @type {number} */ left, /** @type {number} */ top) => {
    panel.style.translate = "";
    const { width, height } = panel.getBoundingClientRect();
    Object.assign(panel.style, {
      right: "auto",
      bottom: "auto",
      left: pixels(within(left, 0, windowWidth() - width)),
      top: pixels(within(top, 0, innerHeight - height)),
    });
  };
  if (!panel.style.left) {
    // By these edges, so that it stays where it is seen when the window gets smaller.
    Object.assign(panel.style, freeCorner(panel));
  }

  head.addEventListener(
    "pointerdown",
    (event) => {
      const button = /** @type {Partial<Element>} */ (event.target).closest?.("button");
      if (button && button !== handle) {
        return;
      }
      const { left, top } = panel.getBoundingClientRect();
      drag(head, event, (x, y) => place(left + x, top + y));
    },
    { signal },
  );

  for (const corner of CORNERS) {
    const grip = document.createElement("span");
    grip.className = "mi-grip";
    grip.dataset.corner = corner;
    grip.addEventListener("pointerdown", (event) => {
      panel.style.translate = "";
      const from = panel.getBoundingClientRect();
      drag(grip, event, (x, y) => Object.assign(panel.style, resized(from, corner, x, y)));
    });
    // Goes with the box.
    box.append(grip);
  }

  handle.addEventListener(
    "keydown",
    (event) => {
      const { key, shiftKey } = event;
      const x = STEP * (Number(key === "ArrowRight") - Number(key === "ArrowLeft"));
      const y = STEP * (Number(key === "ArrowDown") - Number(key === "ArrowUp"));
      if (x === 0 && y === 0) {
        return;
      }
      event.preventDefault();
      const from = panel.getBoundingClientRect();
      if (shiftKey) {
        panel.style.translate = "";
        // Its upper left corner stays where it is.
        Object.assign(panel.style, resized(from, "se", x, y));
      } else {
        place(from.left + x, from.top + y);
      }
    },
    { signal },
  );

  const look = () => keepInSight(panel);
  look();
  // With the keyboard on a screen only this changes, and not the window.
  visualViewport?.addEventListener("resize", look, { signal });
  visualViewport?.addEventListener("scroll", look, { signal });
  return () => life.abort();
}

/**
 * Follows a pointer from where it went down until it is let go.
 * @param {HTMLElement} target
 * @param {PointerEvent} event
 * @param {(x: number, y: number) => void} moved is called with how far it is from there, in pixels
 */
function drag(target, event, moved) {
  if (event.button !== 0) {
    return;
  }
  const follow = (/** @type {PointerEvent} */ { clientX, clientY }) =>
    moved(clientX - event.clientX, clientY - event.clientY);
  target.setPointerCapture(event.pointerId);
  target.addEventListener("pointermove", follow);
  target.addEventListener("lostpointercapture", () => target.removeEventListener("pointermove", follow), {
    once: true,
  });
}

/**
 * Returns place and size of a panel of which one corner is moved: the one across from it stays where it is.
 * @param {DOMRect} from
 * @param {string} corner
 * @param {number} x
 * @param {number} y
 */
function resized(from, corner, x, y) {
  const isNorth = corner.startsWith("n");
  const isWest = corner.endsWith("w");
  const width = within(from.width + (isWest ? -x : x), LEAST, isWest ? from.right : windowWidth() - from.left);
  const height = within(from.height + (isNorth ? -y : y), LEAST, isNorth ? from.bottom : innerHeight - from.top);
  return {
    right: "auto",
    bottom: "auto",
    left: pixels(isWest ? from.right - width : from.left),
    top: pixels(isNorth ? from.bottom - height : from.top),
    width: pixels(width),
    height: pixels(height),
  };
}

/**
 * Returns where a panel lies that nobody has moved: in the window's lower right, a little off each that lies there already.
 * @param {HTMLElement} panel
 */
function freeCorner(panel) {
  const { width, height } = panel.getBoundingClientRect();
  const others = [...document.querySelectorAll("mi-conversation")].filter((other) => other !== panel);
  const taken = others.map((other) => other.getBoundingClientRect());
  const count = Math.max(1, Math.floor((windowWidth() - width - EDGE) / CASCADE));
  const places = Array.from({ length: count }, (_, place) => ({
    right: within(EDGE + place * CASCADE, 0, windowWidth() - width),
    bottom: within(EDGE + (place % STEPS) * CASCADE, 0, innerHeight - height),
  }));
  const isFree = (/** @type {{ right: number, bottom: number }} */ { right, bottom }) =>
    !taken.some(
      (other) => Math.abs(windowWidth() - other.right - right) < 2 && Math.abs(innerHeight - other.bottom - bottom) < 2,
    );
  const { right, bottom } = places.find(isFree) ?? places[others.length % places.length];
  return { right: pixels(right), bottom: pixels(bottom) };
}

/**
 * Moves a panel by as much as it would lie outside of what is seen of the page, its head before its foot, and lets it be no
 * higher than that. What the user enlarges by two fingers is left alone.
 * @param {HTMLElement} panel
 */
function keepInSight(panel) {
  const seen = visualViewport;
  if (!seen || seen.scale > 1.01) {
    return;
  }
  panel.style.setProperty("--mi-room", pixels(seen.height));
  panel.style.translate = "";
  const { left, top, right, bottom } = panel.getBoundingClientRect();
  const x = shift(left, right, seen.offsetLeft, seen.offsetLeft + seen.width);
  const y = shift(top, bottom, seen.offsetTop, seen.offsetTop + seen.height);
  if (x !== 0 || y !== 0) {
    panel.style.translate = `${pixels(x)} ${pixels(y)}`;
  }
}

/**
 * @param {number} start
 * @param {number} end
 * @param {number} from
 * @param {number} to
 */
const shift = (start, end, from, to) => Math.max(from - start, Math.min(0, to - end));

/**
 * @param {number} value
 * @param {number} least
 * @param {number} most
 */
const within = (value, least, most) => Math.max(least, Math.min(value, most));

/** How wide the window is beside its scroll bar. */
const windowWidth = () => document.documentElement.clientWidth;

/** @param {number} value */
const pixels = (value) => `${Math.round(value)}px`;
