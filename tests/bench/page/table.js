// Writes what was measured as tables for docs/BENCHMARKS.md, and puts them there.

import { readFile, writeFile } from "node:fs/promises";

const DOCUMENT = new URL("../../../docs/BENCHMARKS.md", import.meta.url);
const BEGIN = "<!-- What `cargo xtask bench page --bless` writes begins here. -->\n";
const END = "<!-- What it writes ends here. -->\n";

/**
 * Returns both tables.
 * @param {Map<object, object[]>} firsts by candidate, of each round
 * @param {Map<object, object[]>} manys by candidate, of each round
 */
export function tables(firsts, manys, { version, rounds }) {
  const head = `${new Date().toISOString().slice(0, 10)}, two cores of a shared machine, Debian 12, Chromium ${version} without a GPU; medians of ${rounds} rounds, least and most in parentheses.\n`;
  return [head, firstTable(firsts), manyTable(manys)].join("\n");
}

/** Puts the tables where those of an earlier run are. */
export async function bless(text) {
  const document = await readFile(DOCUMENT, "utf8");
  const [begin, end] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (begin < 0 || end < begin) {
    throw new Error(`docs/BENCHMARKS.md has no place for the tables: it needs the lines\n${BEGIN}${END}`);
  }
  await writeFile(DOCUMENT, `${document.slice(0, begin)}${BEGIN}\n${text}\n${document.slice(end)}`);
}

function firstTable(firsts) {
  const rows = [];
  for (const when of ["cold", "warm"]) {
    for (const [{ what }, rounds] of firsts) {
      const of = (name, digits) =>
        spread(
          rounds.map((round) => round[when][name]),
          digits,
        );
      rows.push([what, when, of("requests"), of("kilobytes", 1), of("first"), of("live"), of("shift", 4)]);
    }
  }
  return table(["page", "view", "requests", "kB", "first dot, ms", "first live dot, ms", "layout shift"], rows);
}

function manyTable(manys) {
  const rows = [...manys].map(([{ what }, rounds]) => {
    const of = (name, digits) =>
      spread(
        rounds.map((round) => round[name]),
        digits,
      );
    return [
      what,
      of("live"),
      of("change", 2),
      `${of("script")} of ${of("task")}`,
      of("dropped"),
      `${of("hiddenScript")} of ${of("hiddenTask")}`,
      of("nodes"),
      of("heap", 1),
      of("memory", 1),
    ];
  });
  const rates = [...manys.values()].flat().map(({ rate }) => rate);
  const columns = [
    "live after, ms",
    "one change, ms",
    "seen: script of all, ms/s",
    "frames dropped of 600",
    "hidden: script of all, ms/s",
  ];
  const text = table(["1,000 dots", ...columns, "DOM nodes", "heap, MB", "WebAssembly, MB"], rows);
  return `${text}\nThe server acknowledged ${spread(rates)} changes a second.\n`;
}

function table(columns, rows) {
  const lines = [columns, ...rows].map((cells) => `| ${cells.join(" | ")} |\n`);
  return lines.toSpliced(1, 0, `|${"---|".repeat(columns.length)}\n`).join("");
}

/** Returns the median, and the least and the most where they differ from it. */
function spread(values, digits = 0) {
  const sorted = values.toSorted((one, other) => one - other);
  const written = (value) =>
    value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const [least, median, most] = [sorted[0], sorted[sorted.length >> 1], sorted.at(-1)].map(written);
  return least === most ? median : `${median} (${least}–${most})`;
}
