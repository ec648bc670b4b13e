// The page written by hand: the dots stand in the page's markup, and the one of whoever changes is changed.

import { follow } from "./stream.js";

const WORDS = { 1: "offline", 2: "online", 10: "busy", 18: "idle", 34: "away", 114: "do-not-disturb" };

const dots = new Map([...document.querySelectorAll("[data-contact]")].map((dot) => [dot.dataset.contact, dot]));

follow([...dots.keys()], (contacts) => {
  for (const { name, status } of contacts) {
    const dot = dots.get(name);
    const word = WORDS[status] ?? "unknown";
    if (dot && dot.dataset.status !== word) {
      dot.dataset.status = word;
      dot.setAttribute("aria-label", word);
    }
  }
});
