// Installs the packed package as a user would: into an empty folder, from the tarball, without the network.

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

import { tarball } from "../../examples/install.mjs";

const run = promisify(execFile);

/** A folder with nothing in it but the installed package and what a test writes. */
export class Folder {
  /** @param {string} path where the folder is */
  constructor(path) {
    this.path = path;
  }

  static async start() {
    const folder = new Folder(await mkdtemp(path.join(tmpdir(), "mistatus-package-")));
    await folder.write("package.json", JSON.stringify({ name: "sample", private: true, type: "module" }));
    await run("npm", ["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", await tarball()], {
      cwd: folder.path,
    });
    return folder;
  }

  /** Lists the files of the installed package. */
  async files() {
    const entries = await readdir(path.join(this.path, "node_modules/mistatus"), { recursive: true });
    return entries.sort();
  }

  /**
   * @param {string} name
   * @param {string} text
   */
  async write(name, text) {
    const file = path.join(this.path, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
    return file;
  }

  /**
   * Runs a module in the folder by Node and returns what it printed.
   * @param {string} source
   */
  async node(source) {
    const file = await this.write("run.js", source);
    const { stdout } = await run(process.execPath, [file], { cwd: this.path });
    return stdout;
  }

  async stop() {
    await rm(this.path, { recursive: true, force: true });
  }
}
