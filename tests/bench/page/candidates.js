// What is compared: how each page is made, and how a measurement sees its dots.

import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const STYLE = `
  .dot { display: inline-block; inline-size: 10px; block-size: 10px; border-radius: 50%; background: #bdbdbd }
  .dot[data-status=online] { background: #107c10 }
  .dot[data-status=busy], .dot[data-status=do-not-disturb] { background: #c50f1f }
  .dot[data-status=idle], .dot[data-status=away] { background: #eaa300 }`;

/** Scripts that run in the page: the dots, each with whether it shows what the server says. */
const SEEN = {
  ours: {
    dots: `Array.from(document.querySelectorAll("mi-status"), (host) => host.shadowRoot).filter(Boolean)`,
    shown: `(dot) => dot.querySelector(".mi-dot") !== null`,
    live: `(dot, word) => dot.querySelector(":not([data-stale]) > .mi-dot[data-status=" + word + "]") !== null`,
  },
  plain: {
    dots: `[...document.querySelectorAll(".dot")]`,
    shown: `() => true`,
    live: `(dot, word) => dot.dataset.status === word`,
  },
  react: {
    dots: `[...document.querySelectorAll(".fui-PresenceBadge")]`,
    shown: `() => true`,
    live: `(dot, word) => dot.ariaLabel === word`,
  },
};

/** Builds the peers and returns the candidates. `page(people)` returns the text of a page that shows them. */
export async function candidates(site) {
  const [plain, react] = [await bundle("plain.js"), await bundle("react.jsx")].map(([name, text]) =>
    site.put(name, text),
  );
  const tag = `<script async src="/mistatus.js" data-token-url="/presence-token"></script>`;
  const ours = ({ name, shownAs }) => `<span><mi-status contact="${name}"></mi-status> ${shownAs}</span>`;
  const byHand = ({ name, shownAs }) =>
    `<span><span class="dot" role="img" aria-label="unknown" data-contact="${name}"></span> ${shownAs}</span>`;
  const lines = (people, line) => people.map(line).join(" ");
  return [
    { what: "`<mi-status>`", seen: SEEN.ours, page: (people) => page(tag, lines(people, ours)) },
    {
      what: "`<mi-status>` and the picker",
      seen: SEEN.ours,
      single: true,
      page: (people) => page(tag, `${lines(people, ours)} <mi-my-status></mi-my-status>`),
    },
    {
      what: "React 19, Fluent UI",
      seen: SEEN.react,
      page: (people) =>
        page(`<script defer src="${react}"></script>`, `<div id="root" data-people='${JSON.stringify(people)}'></div>`),
    },
    {
      what: "by hand",
      seen: SEEN.plain,
      page: (people) => page(`<style>${STYLE}</style><script defer src="${plain}"></script>`, lines(people, byHand)),
    },
  ];
}

// No page asks for an icon, which would be a request more on the first view. All text is small, so that a thousand dots
// are in sight: our elements follow nobody who is far from it.
function page(head, body) {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title><link rel="icon" href="data:,">
<style>body { font: 10px/1.2 sans-serif } #root > div { font: inherit }</style>${head}</head><body><h1>People</h1><p>Who is there:</p><div>${body}</div></body></html>`;
}

async function bundle(name) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`peers/${name}`, import.meta.url))],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: "es2022",
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"production"' },
    legalComments: "none",
  });
  return [name.replace(/\.jsx$/, ".js"), outputFiles[0].text];
}
