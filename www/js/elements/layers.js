// Where panels lie that a messenger has made: before everything else of the page. What is around a modal dialog or a
// full-screen element can be neither seen nor used, so they are brought into these.

import { focused } from "./focus.js";

/** @typedef {HTMLElement & { moveBefore?: (node: Node, before: Node | null) => void }} Place */

const MODAL = "dialog:modal";

const BACK = 2_147_483_000;

/** Windows in which a conversation fills the screen, as in conversation/style.css: one is displayed at a time. */
const NARROW = "(max-width: 480px)";

/**
 * The panels in the order in which they were in front; the last one is.
 * @type {Set<HTMLElement>}
 */
const stack = new Set();

/**
 * The boxes of messengers in which panels lie.
 * @type {Set<HTMLElement>}
 */
const boxes = new Set();

let isWatching = false;

/** @type {MediaQueryList | undefined} */
let narrow;

/**
 * The panels that are not displayed, since another one fills the screen.
 * @type {Set<HTMLElement>}
 */
const covered = new Set();

/**
 * Keeps a panel where it is seen and can be used, and brings it to the front when it is clicked or has the focus.
 * @param {HTMLElement} element the list or the conversation
 * @returns {{ front: () => void, end: () => void }} brings it to the front by itself, and ends it
 */
export function layer(element) {
  let panel = element;
  let box = element.parentElement;
  while (box && !(box.mistatusScope && box.localName === "div")) {
    panel = box;
    box = box.parentElement;
  }
  if (box) {
    keep(box);
  } else if (element.localName === "mi-contact-list") {
    // Part of the page.
    return { front() {}, end() {} };
  } else {
    panel = element;
  }
  const life = new AbortController();
  const front = () => bringToFront(panel);
  if (!narrow) {
    narrow = matchMedia(NARROW);
    narrow.addEventListener("change", arrange);
  }
  if (narrow.matches && [...stack].some((one) => one !== panel && one.matches(":focus-within"))) {
    // Nobody is interrupted: it waits behind the others.
    const others = [...stack];
    stack.clear();
    [panel, ...others].forEach((one) => stack.add(one));
    arrange();
  } else {
    front();
  }
  panel.addEventListener("focusin", front, life);
  panel.addEventListener("pointerdown", front, life);
  // Escape closes the panel, and not the dialog around it. Keys do not get out of a panel.
  panel.addEventListener("keydown", (event) => event.key === "Escape" && event.preventDefault(), {
    capture: true,
    signal: life.signal,
  });
  const end = () => {
    life.abort();
    stack.delete(panel);
    uncover(panel);
    arrange();
    if (box && !box.isConnected) {
      // What was around it was taken away, with the panels in it; or the messenger has ended.
      box.contains(element) ? place(box) : boxes.delete(box);
    }
  };
  return { front, end };
}

/** @param {HTMLElement} panel */
function bringToFront(panel) {
  stack.delete(panel);
  stack.add(panel);
  arrange();
}

function arrange() {
  const first = [...stack].filter(isConversation).pop();
  let layer = BACK;
  for (const one of stack) {
    layer += 1;
    one.style.zIndex = String(layer);
    if (narrow?.matches && isConversation(one) && one !== first) {
      // Who cannot see it has not read it: a panel that is only covered would count as seen.
      covered.add(one);
      one.style.display = "none";
    } else {
      uncover(one);
    }
  }
}

/** @param {HTMLElement} panel */
const isConversation = (panel) => panel.localName === "mi-conversation";

/** @param {HTMLElement} panel */
function uncover(panel) {
  if (covered.delete(panel)) {
    panel.style.display = "";
  }
}

/** @param {HTMLElement} box */
function keep(box) {
  // Browsers without a top layer for everything.
  if (!box.showPopover) {
    return;
  }
  if (!isWatching) {
    isWatching = true;
    new MutationObserver(placeAll).observe(document, { subtree: true, attributeFilter: ["open"] });
    document.addEventListener("focusin", placeAll);
    document.addEventListener("fullscreenchange", placeAll);
  }
  if (!boxes.has(box)) {
    box.popover = "manual";
    // Nothing to be seen by itself, and nothing of how the page draws its own: a transformed box would take the panels along.
    box.style.cssText =
      "all:revert;inset:0 auto auto 0;width:0;height:0;margin:0;padding:0;border:0;overflow:visible;color:inherit";
    boxes.add(box);
  }
  place(box);
}

function placeAll() {
  for (const box of boxes) {
    if (box.isConnected) {
      place(box);
    } else {
      boxes.delete(box);
    }
  }
}

/** @param {HTMLElement} box */
function place(box) {
  const dialog = modal(box);
  const there = /** @type {Place} */ (dialog ?? filling() ?? document.body ?? document.documentElement);
  if (box.parentNode !== there) {
    if (box.isConnected && there.moveBefore) {
      there.moveBefore(box, null);
    } else {
      there.append(box);
    }
    // In a shadow root nobody else tells.
    dialog?.addEventListener("close", placeAll, { once: true });
  } else if (box.matches(":popover-open")) {
    return;
  }
  // What was shown last is on top.
  if (box.matches(":popover-open")) {
    box.hidePopover();
  }
  box.showPopover();
}

/** Returns the element that fills the screen, if panels can lie in it. */
function filling() {
  let element = document.fullscreenElement;
  while (element?.shadowRoot?.fullscreenElement) {
    element = element.shadowRoot.fullscreenElement;
  }
  return element?.matches("html,video,img,canvas,iframe,embed,object") ? null : element;
}

/**
 * Returns the modal dialog in which panels belong: the one with the focus, else that where they are, else the page's last.
 * @param {HTMLElement} box
 */
function modal(box) {
  let node = /** @type {Node & { assignedSlot?: Element | null, host?: Element } | null | undefined} */ (focused());
  while (node && !isModal(node)) {
    node = node.assignedSlot ?? node.parentNode ?? node.host;
  }
  return node ?? (isModal(box.parentNode) ? box.parentNode : [...document.querySelectorAll(MODAL)].pop());
}

/** @param {Node | null} node */
const isModal = (node) => /** @type {Partial<Element> | null} */ (node)?.matches?.(MODAL);
