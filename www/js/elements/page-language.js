// The language of a page. Must not touch the DOM at import time: it is imported in Node too.

import { pageScope } from "./registry.js";

/** Returns the language that the script tag asks for, else that of the page, else of the browser. */
export const pageLanguage = () => pageScope.language || document.documentElement.lang || navigator.language;
