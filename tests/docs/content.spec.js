// What the built pages say, without a browser: links that lead somewhere, headings in order, messages that are explained.

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";

import { messages } from "./messages.js";
import { expect, pages, SITE, test } from "./support.js";

const ENTITIES = { amp: "&", gt: ">", lt: "<", quot: '"' };

/** Returns the text of HTML, with single spaces. */
const text = (html) =>
  html
    .replace(/<[^>]*>/g, "")
    .replace(/&(\w+);/g, (whole, name) => ENTITIES[name] ?? whole)
    .replace(/\s+/g, " ");

const matches = (html, pattern) => [...html.matchAll(pattern)].map(([, found]) => found);

test("every link inside the site leads to a page, and to a place on it", async () => {
  const all = await pages();
  const ids = new Map(all.map(({ address, html }) => [address, new Set(matches(html, /\sid="([^"]+)"/g))]));
  const broken = [];
  let followed = 0;
  for (const { address, html } of all) {
    for (const target of matches(html, /\s(?:href|src)="([^"]+)"/g)) {
      if (/^[a-z]+:/.test(target)) {
        continue;
      }
      followed += 1;
      const [file, hash] = target.split("#");
      const to = file ? path.posix.join(path.posix.dirname(address), file) : address;
      if (hash ? !ids.get(to)?.has(decodeURIComponent(hash)) : !existsSync(path.join(SITE, to))) {
        broken.push(`${address}: ${target}`);
      }
    }
  }
  expect(broken).toEqual([]);
  expect(followed).toBeGreaterThan(1000);
});

test("every document is in the navigation, and every decision on the page that lists them", async () => {
  const all = await pages();
  const linked = (address) => {
    const { html } = all.find((page) => page.address === address);
    return matches(html, /href="([^"#]+)"/g).map((href) => path.posix.join(path.posix.dirname(address), href));
  };
  for (const { address } of all) {
    expect(linked(address.startsWith("decisions/") ? "decisions/index.html" : "index.html")).toContain(address);
  }
});

test("headings go down one step at a time, from one of the first level", async () => {
  for (const { address, html } of await pages()) {
    const main = html.slice(html.indexOf("<main"));
    const levels = matches(main, /<h(\d)/g).map(Number);
    expect(levels[0], address).toBe(1);
    expect(levels.filter((level) => level === 1).length, address).toBe(1);
    const jumps = levels.filter((level, index) => index > 0 && level > levels[index - 1] + 1);
    expect(jumps, address).toEqual([]);
  }
});

test("nothing is inline that a strict policy forbids", async () => {
  for (const { address, html } of await pages()) {
    const markup = html.replace(/<pre>.*?<\/pre>/gs, "");
    expect(matches(markup, /<(script(?![^>]*\ssrc=)[^>]*|style[^>]*)>/g), address).toEqual([]);
    expect(matches(markup, /<[^>]*\s(style|on\w+)="/g), address).toEqual([]);
  }
});

test("every message of the product is explained", async () => {
  const page = text(await readFile(path.join(SITE, "troubleshooting.html"), "utf8"));
  const all = await messages();
  expect(all.length).toBeGreaterThan(450);
  const missing = all.filter(({ piece }) => !page.includes(piece.replaceAll("`", "")) && !page.includes(piece));
  expect(missing).toEqual([]);
});
