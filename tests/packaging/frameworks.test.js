// What the package says about its elements to frameworks and editors: a sample of each framework compiles with its own
// compiler, and what is wrong in another does not.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, readFile, rm, symlink } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { Folder } from "./install.js";

const TOOLS = fileURLToPath(new URL("tools/node_modules/", import.meta.url));
const GENERATOR = fileURLToPath(new URL("../../npm/frameworks.mjs", import.meta.url));
const run = promisify(execFile);

/** @type {Folder} */
let folder;

before(async () => {
  folder = await Folder.start();
});

after(() => folder?.stop());

test("what is checked in is what the element manifest says", async () => {
  await run(process.execPath, [GENERATOR, "--check"]);
});

/**
 * How a framework says things: where its JSX comes from, which entry types it, and what stands before an event and a property.
 *
 * @typedef {{ source: string, type: string, on: string, only: string }} Words
 */

// The same in the words of each framework: attributes, a property that is no attribute, events, children.
const JSX_RIGHT = (/** @type {Words} */ { source, type, on, only }) => `/** @jsxImportSource ${source} */
import { type MiStatusElement } from "mistatus";
import type {} from "${type}";

export const page = (seen: (element: MiStatusElement | null) => void) => (
  <mi-messenger server="wss://presence.example.com/stream" ${only}={async () => "token"} open-on-message>
    <mi-my-status states="online busy" idle-after={300} no-idle ${on}mi-my-status-change={(event) => event.detail.hr.toFixed()} />
    <mi-status id="bob" contact="bob@example.com" label="full" ref={seen} ${on}mi-status-change={(event) => event.detail.contact.length}>
      Bob
    </mi-status>
    <mi-contact-list sort="groups" filter="b" />
    <mi-conversation contact="bob@example.com" open />
  </mi-messenger>
);
`;

const JSX_WRONG = (/** @type {Words} */ { source, type, on, only }) => `/** @jsxImportSource ${source} */
import type {} from "${type}";

export const page = [
  <mi-status contact={3} />,
  <mi-status label="nothing" />,
  <mi-status contacts="bob@example.com" />,
  <mi-status ${on}mi-status-change={(event) => event.detail.hr} />,
  <mi-my-status idle-after="soon" />,
  <mi-messenger ${only}={3} />,
  <mi-state contact="bob@example.com" />,
];
`;

const JSX_LINES = [5, 6, 7, 8, 9, 10, 11];

const SAMPLES = {
  react: { source: "react", type: "mistatus/react", on: "on", only: "token" },
  preact: { source: "preact", type: "mistatus/preact", on: "on", only: "token" },
  solid: { source: "solid-js", type: "mistatus/solid", on: "on:", only: "prop:token" },
};

/** By the versions: the packages that have the types, by their names beside the installed one. */
const VERSIONS = {
  "React 19, Preact 11 and Solid": { "@types/react": "@types/react", preact: "preact", "solid-js": "solid-js" },
  "React 18 and Preact 10": { "@types/react": "@types/react-18", preact: "preact-10" },
};

for (const [names, packages] of Object.entries(VERSIONS)) {
  test(`JSX of ${names} has the elements, with types`, async () => {
    await lay(packages);
    const samples = Object.entries(SAMPLES).filter(
      ([, { source }]) => source in packages || `@types/${source}` in packages,
    );
    for (const [name, words] of samples) {
      await folder.write(`right-${name}.tsx`, JSX_RIGHT(words));
      await folder.write(`wrong-${name}.tsx`, JSX_WRONG(words));
    }
    const wrong = samples.map(([name]) => `wrong-${name}`);
    await folder.write("tsconfig.json", tsconfig({ jsx: "react-jsx" }, "*.tsx"));
    await onlyWrong(
      [`${TOOLS}typescript/bin/tsc`, "--project", folder.path],
      wrong,
      /^(\S+)\.\w+\((\d+),/gm,
      JSX_LINES,
    );
    await Promise.all(
      wrong
        .flatMap((name) => [name, name.replace("wrong", "right")])
        .map((name) => rm(path.join(folder.path, `${name}.tsx`))),
    );
  });
}

test("templates of Vue have the elements, with types", async () => {
  await lay({ vue: "vue" });
  const script =
    '<script setup lang="ts">\nimport type {} from "mistatus/vue";\nconst token = async () => "token";\n</script>\n\n';
  await folder.write(
    "right.vue",
    `${script}<template>
  <mi-messenger server="wss://presence.example.com/stream" :token="token" open-on-message>
    <mi-my-status states="online busy" :idle-after="300" no-idle @mi-my-status-change="(event) => event.detail.hr.toFixed()" />
    <mi-status id="bob" class="dot" contact="bob@example.com" label="full" @mi-status-change="(event) => event.detail.contact.length">
      Bob
    </mi-status>
    <mi-contact-list sort="groups" filter="b" />
    <mi-conversation contact="bob@example.com" open />
  </mi-messenger>
</template>
`,
  );
  await folder.write(
    "wrong.vue",
    `${script}<template>
  <mi-status :contact="3" />
  <mi-status label="nothing" />
  <mi-status contacts="bob@example.com" />
  <mi-status @mi-status-change="(event) => event.detail.hr" />
  <mi-my-status idle-after="soon" />
  <mi-messenger :token="3" />
  <mi-state contact="bob@example.com" />
</template>
`,
  );
  await folder.write(
    "tsconfig.json",
    tsconfig({ jsx: "preserve" }, "*.vue", { vueCompilerOptions: { strictTemplates: true } }),
  );
  await onlyWrong(
    [`${TOOLS}vue-tsc/bin/vue-tsc.js`, "--project", folder.path],
    ["wrong"],
    /^(\S+)\.\w+\((\d+),/gm,
    [7, 8, 9, 10, 11, 12, 13],
  );
});

test("markup of Svelte has the elements, with types", async () => {
  await lay({ svelte: "svelte" });
  const script =
    '<script lang="ts">\n  import type {} from "mistatus/svelte";\n  const token = async () => "token";\n</script>\n\n';
  await folder.write(
    "right.svelte",
    `${script}<mi-messenger server="wss://presence.example.com/stream" {token} open-on-message>
  <mi-my-status states="online busy" idle-after={300} no-idle onmi-my-status-change={(event) => event.detail.hr.toFixed()}></mi-my-status>
  <mi-status id="bob" contact="bob@example.com" label="full" onmi-status-change={(event) => event.detail.contact.length}>Bob</mi-status>
  <mi-contact-list sort="groups" filter="b"></mi-contact-list>
  <mi-conversation contact="bob@example.com" open></mi-conversation>
</mi-messenger>
`,
  );
  await folder.write(
    "wrong.svelte",
    `${script}<mi-status contact={3}></mi-status>
<mi-status label="nothing"></mi-status>
<mi-status contacts="bob@example.com"></mi-status>
<mi-status onmi-status-change={(event) => event.detail.hr}></mi-status>
<mi-my-status idle-after="soon"></mi-my-status>
<mi-messenger token={3}></mi-messenger>
`,
  );
  await folder.write("tsconfig.json", tsconfig({}, "*.svelte"));
  const check = [
    `${TOOLS}svelte-check/bin/svelte-check`,
    "--workspace",
    folder.path,
    "--output",
    "machine",
    "--threshold",
    "error",
  ];
  await onlyWrong(check, ["wrong"], /ERROR "(\S+)\.\w+" (\d+):/gm, [6, 7, 8, 9, 10, 11]);
});

test("editors are told of every element and of the values of its attributes", async () => {
  const read = async (/** @type {string} */ name) =>
    JSON.parse(await readFile(path.join(folder.path, "node_modules/mistatus", name), "utf8"));
  const { tags } = await read("vscode.html-custom-data.json");
  const called = (/** @type {{ name: string }[]} */ list, /** @type {string} */ wanted) =>
    /** @type {any} */ (list.find(({ name }) => name === wanted));
  const namesOf = (/** @type {{ name: string }[]} */ list) => list.map(({ name }) => name);
  const label = called(called(tags, "mi-status").attributes, "label");
  assert.deepEqual(namesOf(label.values), ["none", "status", "name", "full"]);
  const { contributions, version } = await read("web-types.json");
  const manifest = await read("package.json");
  assert.equal(version, manifest.version);
  assert.deepEqual(namesOf(contributions.html.elements), namesOf(tags));
  const types = await readFile(path.join(folder.path, "node_modules/mistatus/index.d.ts"), "utf8");
  const [, map = ""] = /interface HTMLElementTagNameMap \{(.*?)\}/s.exec(types) ?? [];
  const typed = [...map.matchAll(/"(mi-[\w-]+)"/g)].map(([, name]) => name);
  assert.deepEqual(namesOf(tags).sort(), typed.sort());
});

/**
 * Puts packages beside the installed one.
 *
 * @param {Record<string, string>} packages by their names there, where they lie among the tools
 */
async function lay(packages) {
  for (const [name, from] of Object.entries(packages)) {
    const to = path.join(folder.path, "node_modules", name);
    await mkdir(path.dirname(to), { recursive: true });
    await rm(to, { recursive: true, force: true });
    await symlink(path.join(TOOLS, from), to);
  }
}

/**
 * Runs a compiler, which must complain about these lines of these files and about nothing else.
 *
 * @param {string[]} command
 * @param {string[]} files
 * @param {RegExp} complaint finds file and line in what it prints
 * @param {number[]} lines
 */
async function onlyWrong(command, files, complaint, lines) {
  const { stdout = "" } = await run(process.execPath, command, { cwd: folder.path }).catch((failure) => failure);
  const found = [...stdout.matchAll(complaint)].map(([, name, line]) => `${name} ${line}`);
  assert.deepEqual(
    [...new Set(found)].sort(),
    files.flatMap((file) => lines.map((line) => `${file} ${line}`)).sort(),
    stdout,
  );
}

const tsconfig = (/** @type {object} */ options, /** @type {string} */ files, more = {}) =>
  JSON.stringify({
    compilerOptions: {
      lib: ["ES2022", "DOM", "DOM.Iterable"],
      module: "ESNext",
      moduleResolution: "bundler",
      noEmit: true,
      skipLibCheck: false,
      strict: true,
      target: "ES2022",
      types: [],
      ...options,
    },
    include: [files],
    ...more,
  });
