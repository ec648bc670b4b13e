// Tables of Markdown, as the generated documents have them.

/** @param {string} text */
export const cell = (text) => text.replaceAll("|", "\\|").replaceAll("\n", " ");

/** @param {string | undefined} text */
export const code = (text) => (text ? `\`${cell(text)}\`` : "");

/**
 * @param {string[]} head
 * @param {string[][]} rows
 */
export function table(head, rows) {
  const line = (/** @type {string[]} */ cells) => `|${cells.map((one) => (one ? ` ${one} |` : " |")).join("")}`;
  return `${[line(head), `|${"---|".repeat(head.length)}`, ...rows.map(line)].join("\n")}\n`;
}
