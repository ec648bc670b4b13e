// What every page of the documentation does: the menu of narrow windows, keys for what scrolls sideways, copying code, search.

import { startSearch } from "./search.js";

/** @param {HTMLElement} box */
function letKeysScroll(box) {
  const update = () => {
    if (box.scrollWidth > box.clientWidth) {
      box.tabIndex = 0;
    } else {
      box.removeAttribute("tabindex");
    }
  };
  // At once: the first frame of a page in the background may be long in coming, and keys are there before it.
  update();
  const observer = new ResizeObserver(update);
  observer.observe(box);
  // What is inside may grow while the box stays as it is, as when a font arrives.
  for (const content of box.children) {
    observer.observe(content);
  }
}

/** @param {HTMLElement} block */
function addCopyButton(block) {
  const frame = document.createElement("div");
  frame.className = "code";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(block.textContent ?? "");
      button.textContent = "Copied";
    } catch {
      button.textContent = "Not allowed";
    }
    setTimeout(() => {
      button.textContent = "Copy";
    }, 2000);
  });
  block.replaceWith(frame);
  frame.append(block, button);
}

const menu = /** @type {HTMLButtonElement} */ (document.querySelector("button.menu"));
menu.addEventListener("click", () => {
  const isOpen = menu.getAttribute("aria-expanded") !== "true";
  menu.setAttribute("aria-expanded", String(isOpen));
});

for (const block of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("main pre:not(.markup)"))) {
  addCopyButton(block);
}
for (const box of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".scroll, pre"))) {
  letKeysScroll(box);
}
// The page that is open is in sight in a long navigation.
document.querySelector("nav.pages [aria-current]")?.scrollIntoView({ block: "nearest" });
startSearch(/** @type {HTMLFormElement} */ (document.querySelector("form.search")));
