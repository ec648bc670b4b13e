// The index that pages search: a document for each section. Made here, so that pages only have to load it.

import MiniSearch from "minisearch";

import { OPTIONS } from "./assets/search-options.js";

/**
 * @import { Page } from "./pages.mjs"
 * @import { Section } from "./markdown.mjs"
 */

/** @param {{ page: Page, sections: Section[] }[]} written */
export function searchIndex(written) {
  const index = new MiniSearch(OPTIONS);
  for (const { page, sections } of written) {
    for (const { level, id, title, text } of sections) {
      index.add({ id: level === 1 ? page.address : `${page.address}#${id}`, title, page: page.title, text });
    }
  }
  return index;
}
