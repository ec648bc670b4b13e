// Installs an example as whoever copies it would: `node examples/install.mjs EXAMPLE FOLDER`, into a folder that is empty or
// not there, or an earlier copy, which is made anew. Takes `mistatus` from the package
// that `cargo xtask build` packed, since what is tried is what this checkout has; everything else comes by the lock file,
// which `node examples/install.mjs --lock EXAMPLE` writes anew.

import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const DIST = fileURLToPath(new URL("../dist/", import.meta.url));
const QUIET = ["--no-audit", "--no-fund", "--loglevel=error"];
const run = promisify(execFile);

/** Returns the packed package. */
export async function tarball() {
  const packed = (await readdir(DIST)).filter((name) => /^mistatus-.*\.tgz$/.test(name));
  if (packed.length !== 1) {
    throw new Error(`dist/ must hold one packed package; it holds ${packed.length}: run \`cargo xtask build\``);
  }
  return path.join(DIST, packed[0]);
}

/**
 * Copies an example into a folder and installs it there. Where the folder has the same dependencies already, only the
 * package itself is put there anew: the rest takes long and has not changed.
 *
 * @param {string} example its folder, from examples/
 * @param {string} folder where to
 */
export async function install(example, folder) {
  const from = fileURLToPath(new URL(`${example}/`, import.meta.url));
  await readFile(path.join(from, "package.json")).catch(() => {
    throw new Error(`there is no example \`${example}\` in examples/`);
  });
  const packed = await tarball();
  await mkdir(folder, { recursive: true });
  const there = await readdir(folder);
  if (there.length > 0 && !there.includes(STAMP)) {
    throw new Error(`${folder} is neither empty nor a copy of an example that was made before: name another folder`);
  }
  // A copy that was made before is made anew, also where it was changed.
  const old = there.filter((name) => name !== "node_modules" && name !== STAMP);
  await Promise.all(old.map((name) => rm(path.join(folder, name), { recursive: true })));
  // First, so that a copy that did not get ready can be made anew.
  await writeFile(path.join(folder, STAMP), there.includes(STAMP) ? await readFile(path.join(folder, STAMP)) : "");
  const isWanted = (/** @type {string} */ file) => !["node_modules", "dist"].includes(path.basename(file));
  await cp(from, folder, { recursive: true, filter: isWanted });

  const [manifest, lock] = await Promise.all(
    ["package.json", "package-lock.json"].map((name) => json(path.join(folder, name))),
  );
  const stamp = JSON.stringify([manifest, lock]);
  if ((await readFile(path.join(folder, STAMP), "utf8").catch(() => "")) === stamp) {
    await unpack(packed, path.join(folder, "node_modules/mistatus"));
    return;
  }
  manifest.dependencies.mistatus = `file:${packed}`;
  lock.packages[""].dependencies.mistatus = manifest.dependencies.mistatus;
  Object.assign(lock.packages["node_modules/mistatus"], { resolved: manifest.dependencies.mistatus });
  delete lock.packages["node_modules/mistatus"].integrity;
  await write(path.join(folder, "package.json"), manifest);
  await write(path.join(folder, "package-lock.json"), lock);
  await run("npm", ["ci", "--prefer-offline", ...QUIET], { cwd: folder });
  await writeFile(path.join(folder, STAMP), stamp);
}

/**
 * Writes an example's lock file anew, from its package.json; the package itself is in no registry that it could name.
 *
 * @param {string} example its folder, from examples/
 */
export async function lock(example) {
  const from = fileURLToPath(new URL(`${example}/`, import.meta.url));
  const folder = await mkdtemp(path.join(tmpdir(), "mistatus-lock-"));
  try {
    const manifest = await json(path.join(from, "package.json"));
    const named = manifest.dependencies.mistatus;
    manifest.dependencies.mistatus = `file:${await tarball()}`;
    await write(path.join(folder, "package.json"), manifest);
    await run("npm", ["install", "--package-lock-only", "--prefer-offline", ...QUIET], { cwd: folder });
    const lock = await json(path.join(folder, "package-lock.json"));
    lock.packages[""].dependencies.mistatus = named;
    lock.packages["node_modules/mistatus"] = { version: named };
    await write(path.join(from, "package-lock.json"), lock);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Holds what was installed last. */
const STAMP = ".installed.json";

/**
 * @param {string} packed
 * @param {string} folder
 */
async function unpack(packed, folder) {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await run("tar", ["--extract", "--gzip", "--strip-components=1", `--file=${packed}`], { cwd: folder });
}

const json = async (/** @type {string} */ file) => JSON.parse(await readFile(file, "utf8"));
const write = (/** @type {string} */ file, /** @type {object} */ value) =>
  writeFile(file, `${JSON.stringify(value, null, 2)}\n`);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [first, second] = process.argv.slice(2);
  if (!first || !second) {
    console.error("usage: node examples/install.mjs EXAMPLE FOLDER\n       node examples/install.mjs --lock EXAMPLE");
    process.exit(2);
  }
  try {
    await (first === "--lock" ? lock(second) : install(first, path.resolve(second)));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}
