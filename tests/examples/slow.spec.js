// The same pages with the frameworks that take minutes to install and to build.

import { spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";

import { test as base, freePort, PLACES, Server, seesEachOther } from "./support.js";

const test = base.extend({
  /** Runs a command of the application with Next, which must know the presence server; returns the address. */
  next: async ({}, use) => {
    const started = [];
    await use(async (command) => {
      // Both must know the other's address before they start.
      const port = await freePort();
      const address = `http://127.0.0.1:${port}`;
      const presence = await Server.start([address], ["--auth", "open"]);
      const application = spawn(
        "node_modules/.bin/next",
        [command, "--hostname", "127.0.0.1", "--port", String(port)],
        {
          cwd: path.join(PLACES, "next"),
          env: { ...process.env, PRESENCE_SERVER: presence.stream, NEXT_TELEMETRY_DISABLED: "1" },
          stdio: ["ignore", "pipe", "inherit"],
          detached: true,
        },
      );
      started.push({ application, presence });
      await new Promise((resolve, reject) => {
        createInterface({ input: application.stdout }).on("line", (line) => line.includes("Ready") && resolve());
        application.once("exit", (code) => reject(new Error(`Next ended with ${code}`)));
      });
      return address;
    });
    for (const { application, presence } of started) {
      // With what it has started itself.
      process.kill(-application.pid);
      await presence.stop();
    }
  },
});

// React warns in what is made for developers only, of attributes that the server did not draw among other things.
for (const command of ["start", "dev"]) {
  test(`a page that Next draws (next ${command}) is taken over, and two people see each other`, async ({
    next,
    visit,
  }) => {
    await seesEachOther(await next(command), visit);
  });
}

test("angular: two people see each other, and properties and events work", async ({ site, visit }) => {
  site.folder = path.join(PLACES, "angular/dist");
  await seesEachOther(site.url, visit);
});
