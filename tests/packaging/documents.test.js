// The blocks of docs/FRAMEWORKS.md are parts of the files that the tests build: so that what is written there works, and works
// tomorrow, when a dependency has another version.

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";

const read = (/** @type {string} */ path) => readFile(new URL(`../../${path}`, import.meta.url), "utf8");

test("every block of the document is part of the file above it", async () => {
  const text = await read("docs/FRAMEWORKS.md");
  const blocks = [...text.matchAll(/(?:^`(\S+)`:\n\n)?^```\w+\n(.*?)^```$/gms)];
  assert.ok(blocks.length > 10, "the blocks are found");
  for (const [block, path, content] of blocks) {
    assert.ok(path, `no file stands above\n${block}`);
    assert.ok((await read(path)).includes(content), `${path} does not have\n${content}`);
  }
});

test("what the examples and the tools of these tests depend on is pinned exactly", async () => {
  const files = await readdir(new URL("../../examples/", import.meta.url), { recursive: true });
  const manifests = files.filter((file) => file.endsWith("package.json") && !file.includes("node_modules"));
  assert.ok(manifests.length > 5, "the examples are found");
  const { version: own } = JSON.parse(await read("npm/package.json"));
  for (const file of [...manifests.map((file) => `examples/${file}`), "tests/packaging/tools/package.json"]) {
    const { dependencies, devDependencies } = JSON.parse(await read(file));
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
      assert.match(version, /^(npm:\S+@)?\d+\.\d+\.\d+$/, `${file} has ${name} ${version}`);
      // What they show is what this checkout has.
      assert.ok(name !== "mistatus" || version === own, `${file} has mistatus ${version}, not ${own}`);
    }
  }
});
