// What docs/START.md tells people to type, as it stands there: the server's flags, the pages of the script tag, and the
// folder of the npm package with its bundler. The application in Rust is compiled with the examples of the crate's
// documentation (src/lib.rs), and one that is larger is opened by tests/examples/.

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { Server } from "../e2e/support/server.js";
import { freePort } from "../examples/support.js";
import { expect, Host, test } from "./support.js";

const run = promisify(execFile);
const ROOT = new URL("../../", import.meta.url);
const text = await readFile(new URL("docs/START.md", ROOT), "utf8");
const { devDependencies: tools } = JSON.parse(await readFile(new URL("package.json", ROOT), "utf8"));

/** Returns what stands under a heading. */
const section = (title) => text.split(/^## /m).find((part) => part.startsWith(`${title}\n`));

/** Returns the blocks of code of a section that are in a language. */
const blocks = (part, language) =>
  [...part.matchAll(/^```([\w,]+)\n(.*?)^```$/gms)].filter(([, of]) => of === language).map(([, , code]) => code);

/** Starts the server by the document's flags. Where its data lies and which ports there are is for each machine to say. */
function startServer(origin) {
  const [, flags] = /^dist\/mistatus-server (.+?[^\\])$/ms.exec(section("The server"));
  const options = flags.replace(/--(data|allowed-origin) \S+|\\/g, "").split(/\s/);
  return Server.start([origin], options.filter(Boolean));
}

/** Returns a page with Alice and Bob in each other's place, as the document tells people to make the other one. */
function swapped(page) {
  const other = { alice: "bob", bob: "alice", Alice: "Bob", Bob: "Alice" };
  return page.replace(/\b(alice|bob)\b/gi, (name) => other[name]);
}

/** Opens both pages, lets Bob choose Busy, and looks at the dot that Alice has of him. */
async function seeEachOther(browser, addresses) {
  const contexts = await Promise.all(addresses.map(() => browser.newContext()));
  const [alice, bob] = await Promise.all(
    contexts.map(async (context, index) => {
      const page = await context.newPage();
      await page.goto(addresses[index]);
      return page;
    }),
  );
  await expect(alice.locator("mi-status")).toHaveAttribute("status", "online");
  await bob.getByRole("button", { name: "My status: Online" }).click();
  await bob
    .getByRole("radio", { name: "Busy" })
    .or(bob.getByRole("menuitemradio", { name: "Busy" }))
    .first()
    .click();
  await expect(alice.locator("mi-status")).toHaveAttribute("status", "busy");
  await expect(alice.getByText("Bob is")).toHaveText(/^Bob is.*bob@example\.com/);
  await Promise.all(contexts.map((context) => context.close()));
}

test("the page by a script tag shows the other one's status", async ({ browser }) => {
  const [markup] = blocks(section("By a script tag"), "html");
  const site = await new Host().start();
  const server = await startServer(site.url);
  const page = markup.replaceAll("http://127.0.0.1:8787", server.url);
  site.own.set("/", page);
  site.own.set("/bob.html", swapped(page));
  await seeEachOther(browser, [`${site.url}/`, `${site.url}/bob.html`]);
  await server.stop();
  await site.stop();
});

test("the page by npm and the bundler shows the other one's status", async ({ browser }) => {
  const npm = section("By npm");
  const [[script], [markup], [install, serve]] = ["js", "html", "sh"].map((language) => blocks(npm, language));
  const place = await mkdtemp(path.join(tmpdir(), "mistatus-start-"));
  // The checkout lies beside the folder, as in the document.
  await symlink(fileURLToPath(ROOT), path.join(place, "mistatus"));
  const cwd = path.join(place, "presence");
  await mkdir(cwd);
  const port = await freePort();
  const server = await startServer(`http://127.0.0.1:${port}`);

  // Of the bundler the version that this checkout is tried with: another day there is another one.
  const pinned = install.replace(/ vite$/m, ` vite@${tools.vite}`);
  expect(pinned).not.toBe(install);
  const env = { ...process.env, npm_config_prefer_offline: "true", npm_config_audit: "false" };
  // The address is looked for in what is printed.
  Object.assign(env, { FORCE_COLOR: undefined, NO_COLOR: "1" });
  await run("sh", ["-ec", pinned], { cwd, env });
  const page = markup.replaceAll("ws://127.0.0.1:8787/stream", server.stream);
  const files = { "main.js": script, "index.html": page, "bob.html": swapped(page) };
  await Promise.all(Object.entries(files).map(([name, content]) => writeFile(path.join(cwd, name), content)));

  const command = serve.trim().replace("--port 8000", `--port ${port} --strictPort`);
  // In a group of its own, to be ended with the bundler that it starts.
  const bundler = spawn("sh", ["-c", command], { cwd, env, detached: true, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(bundler, "close");
  try {
    const address = await addressIn(bundler.stdout);
    expect(address).toBe(`http://127.0.0.1:${port}/`);
    await seeEachOther(browser, [address, `${address}bob.html`]);
  } finally {
    if (bundler.exitCode === null) {
      process.kill(-bundler.pid);
    }
    await ended;
    await server.stop();
    await rm(place, { recursive: true });
  }
});

test("the application in Rust depends on what the larger one does, and Trunk finds both in the same way", async () => {
  const leptos = section("In a Leptos application");
  const read = (file) => readFile(new URL(`examples/leptos-csr/${file}`, ROOT), "utf8");
  const dependencies = (manifest) => {
    const [, lines] = /^\[dependencies\]\n((?:[^[\n].*\n)+)/m.exec(manifest);
    return lines.replace(/^#.*\n/gm, "").replace(/path = "[^"]+"/, "path");
  };
  const [manifest] = blocks(leptos, "toml");
  expect(dependencies(manifest)).toBe(dependencies(await read("Cargo.toml")));
  const named = /<link data-trunk [^>]*>/;
  const [page] = blocks(leptos, "html");
  expect(named.exec(page)[0]).toBe(named.exec(await read("index.html"))[0]);
  expect(blocks(leptos, "rust,no_run")).toHaveLength(1);
});

/** Resolves to the address that a development server prints once it listens, and reads on, so that it is never held up. */
function addressIn(output) {
  const said = [];
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: output });
    lines.on("line", (line) => {
      said.push(line);
      const [address] = /http:\/\/\S+/.exec(line) ?? [];
      if (address) {
        resolve(address);
      }
    });
    lines.on("close", () => reject(new Error(`the bundler ended before it listened: ${said.join("\n")}`)));
  });
}
