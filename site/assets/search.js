// The search: loads its index when somebody first goes into the field, and lists links below it.

import MiniSearch from "minisearch";

import { OPTIONS } from "./search-options.js";

/** Most results that are listed. */
const RESULTS_MAX = 12;

const root = document.body.dataset.root ?? "./";

/** @type {Promise<MiniSearch> | undefined} */
let loading;

function load() {
  loading ??= fetch(`${root}search.json`)
    .then((answer) => answer.text())
    .then((text) => MiniSearch.loadJSON(text, OPTIONS))
    .catch((error) => {
      loading = undefined;
      throw error;
    });
  return loading;
}

/** @param {HTMLFormElement} form */
export function startSearch(form) {
  const field = /** @type {HTMLInputElement} */ (form.querySelector("input"));
  const results = /** @type {HTMLElement} */ (form.querySelector(".results"));
  const status = /** @type {HTMLElement} */ (results.querySelector("[role=status]"));
  const list = /** @type {HTMLElement} */ (results.querySelector("ul"));

  const show = async () => {
    const query = field.value.trim();
    if (!query) {
      results.hidden = true;
      return;
    }
    let found;
    try {
      found = (await load()).search(query);
    } catch {
      status.textContent = "The index could not be loaded. Write one more letter to try again.";
      results.hidden = false;
      return;
    }
    // Meanwhile something else may stand in the field.
    if (field.value.trim() !== query) {
      return;
    }
    list.replaceChildren(...found.slice(0, RESULTS_MAX).map(line));
    status.textContent =
      found.length === 0 ? `Nothing is about “${query}”.` : found.length === 1 ? "1 place" : `${found.length} places`;
    results.hidden = false;
  };

  field.addEventListener("focus", () => load().catch(() => {}), { once: true });
  field.addEventListener("input", show);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    list.querySelector("a")?.click();
  });
  form.addEventListener("keydown", (event) => {
    const stops = [field, ...list.querySelectorAll("a")];
    const at = stops.indexOf(/** @type {HTMLInputElement} */ (document.activeElement));
    if (event.key === "Escape") {
      results.hidden = true;
      field.focus();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      stops[at + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
    }
  });
  document.addEventListener("click", ({ target }) => {
    if (!form.contains(/** @type {Node} */ (target))) {
      results.hidden = true;
    }
  });
  document.addEventListener("keydown", (event) => {
    const isWriting = /** @type {Element} */ (event.composedPath()[0]).matches?.(
      "input, textarea, select, [contenteditable]",
    );
    if (event.key === "/" && !isWriting && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      field.focus();
    }
  });
}

/** @param {import("minisearch").SearchResult} result */
function line({ id, title, page }) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = root + id;
  const where = document.createElement("span");
  where.textContent = title === page ? "" : page;
  link.append(title, " ", where);
  item.append(link);
  return item;
}
