// Follows people whose element has no box of its own (`display: contents`), which no observer of the screen ever sees: what is
// drawn in it has one. Comes with the WebAssembly, when it is drawn.

/**
 * Returns what is to be called with whether an element is near the screen, in the place of `watch`, and what ends it.
 * @param {Element} element
 * @param {Element} box what is drawn in it
 * @param {(near: boolean) => void} watch
 */
export function withBox(element, box, watch) {
  let isNear = false;
  let isBoxNear = false;
  /** @type {IntersectionObserver | undefined} */
  let observer;
  const tell = () => watch(isNear || isBoxNear);
  const look = () => {
    if (!isNear && !observer && getComputedStyle(element).display === "contents") {
      observer = new IntersectionObserver(
        (entries) => {
          isBoxNear = Boolean(entries.at(-1)?.isIntersecting);
          tell();
        },
        { rootMargin: "100%" },
      );
      observer.observe(box);
    }
  };
  // Before a frame, when styles are known anyway: a page of thousands cannot afford to ask after each element that is drawn.
  requestAnimationFrame(look);
  return {
    watch: (/** @type {boolean} */ near) => {
      isNear = near;
      tell();
      // It may have lost its box.
      requestAnimationFrame(look);
    },
    end: () => {
      isNear = true;
      observer?.disconnect();
    },
  };
}
