// The pages with the npm package: one of each framework, and one without, whose own back end signs tokens.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { test as base, choose, dot, expect, PLACES, Server, seesEachOther } from "./support.js";

const HTML = fileURLToPath(new URL("../../examples/html/", import.meta.url));

const test = base.extend({
  /** Which program the back end of the page without a framework is, and what runs it. */
  backEnd: [[process.execPath, "server.mjs"], { option: true }],

  /** The page without a framework and its back end, with a presence server that believes this one; returns the address. */
  html: async ({ backEnd: [program, script] }, use, { outputDir }) => {
    const folder = path.join(outputDir, "html");
    await cp(HTML, folder, { recursive: true });
    const key = path.join(folder, "key");
    await writeFile(key, `${"0123456789abcdef".repeat(4)}\n`);
    const application = spawn(program, [script, key, "0"], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
    const [line] = await once(createInterface({ input: application.stdout }), "line");
    const address = line.replace("listening on ", "");
    const options = ["--auth", "jwt", "--jwt-key", key, "--visibility", "everyone"];
    const presence = await Server.start([address], options);
    const page = path.join(folder, "index.html");
    await writeFile(page, (await readFile(page, "utf8")).replace("http://127.0.0.1:8787", presence.url));
    await use(address);
    application.kill();
    await presence.stop();
  },
});

// Frameworks warn in what they make for developers only.
for (const [example, build] of ["react", "vue", "svelte", "lit"].flatMap((name) => [
  [name, "dist"],
  [name, "dist-dev"],
])) {
  test(`${example} (${build}): two people see each other, and properties and events work`, async ({ site, visit }) => {
    site.folder = path.join(PLACES, example, build);
    await seesEachOther(site.url, visit);
  });
}

for (const [name, ...backEnd] of [
  ["Node", process.execPath, "server.mjs"],
  ["Python", "python3", "server.py"],
]) {
  test.describe(() => {
    test.use({ backEnd });

    test(`a page with a script tag gets its tokens from its own back end in ${name}`, async ({ html, visit }) => {
      const alice = await visit(`${html}/login?as=alice`);
      const bob = await visit(`${html}/login?as=bob`);
      await expect(dot(alice, "Bob")).toHaveAccessibleName("Online");
      await choose(bob, "Busy");
      await expect(dot(alice, "Bob")).toHaveAccessibleName("Busy");
    });
  });
}
