// What the specs of reliability start from: a server that looks often whether its clients live, links and computers
// that fail, and people whose pages write down all that they ever show.

import { test as base } from "./test.js";
import { Machine } from "./machine.js";
import { Proxy } from "./proxy.js";
import { Recorder } from "./recorder.js";
import { Server } from "./server.js";
import { Tab } from "./tab.js";

export { expect } from "@playwright/test";

export const ERIKA = "erika@example.com";
export const FRANZ = "franz@example.com";
export const GUSTAV = "gustav@example.com";

/** Finds a silent client as early as an operator can have it. */
export const WATCHFUL = ["--auth", "open", "--heartbeat", "5"];

export const test = base.extend({
  server: async ({ host }, use) => {
    const server = await Server.start([host.url], WATCHFUL);
    await use(server);
    await server.stop();
  },

  /** Lies between the server and the pages that are opened through it. */
  link: async ({ server }, use) => {
    const link = await Proxy.start(server.url);
    await use(link);
    await link.stop();
  },

  /** Starts a browser of its own, to be stopped or killed. */
  machine: async ({ playwright, launchOptions }, use) => {
    const machines = [];
    await use(async () => {
      const machine = await Machine.start(playwright.chromium, launchOptions);
      machines.push(machine);
      return machine;
    });
    await Promise.all(machines.map((machine) => machine.stop()));
  },

  /** Puts up a page for somebody with other people on it; returns its address. */
  address: async ({ host, server }, use) => {
    await use((name, contacts, { stream = server.stream, picker = "no-idle", script = "" } = {}) => {
      const dots = [contacts].flat().map((contact) => `<mi-status contact="${contact}">…</mi-status>`);
      return host.page(`<mi-my-status ${picker}>…</mi-my-status>${dots.join("")}`, {
        head: `<script src="${server.url}/mistatus.js" data-server="${stream}" data-signin-name="${name}" ${script}></script>`,
      });
    });
  },

  /**
   * Opens a page for somebody, in a browser profile of their own unless they have a context already.
   * `prepare` is given the page before it is loaded.
   */
  person: async ({ address, browser }, use) => {
    const contexts = [];
    await use(async (name, contacts, { context, machine, prepare = async () => {}, ...options } = {}) => {
      if (!context) {
        context = await (machine?.browser ?? browser).newContext();
        contexts.push(context);
      }
      const tab = new Tab(await context.newPage());
      tab.recorder = await Recorder.install(tab.page);
      await prepare(tab.page);
      await tab.page.goto(address(name, contacts, options));
      return tab;
    });
    // Of a browser that was killed nothing is left to close.
    await Promise.all(contexts.map((context) => context.close().catch(() => {})));
  },
});

/** Somebody and who watches them, both signed in, with everything said; the recorders begin now. */
export async function settled(...tabs) {
  for (const tab of tabs) {
    await tab.shows("Online");
    await tab.asked();
  }
  for (const tab of tabs) {
    await tab.asked();
    await tab.recorder.forget();
  }
}

/** Gives a page a clock that {@link holdTime} can stop; before it is loaded. */
export const withClock = (page) => page.clock.install();

/** Lets the time of a page pass only when a test says so: however slow the machine, nothing takes too long. */
export async function holdTime({ page }) {
  // Ahead of the clock by more than the call takes.
  await page.clock.pauseAt((await page.evaluate(() => Date.now())) + 5_000);
}

/** Sets a status by script and waits until the server has confirmed it. */
export async function set(tab, status, options) {
  await tab.page.evaluate(([status, options]) => window.mistatus.messenger.setMyStatus(status, options), [status, options]);
}
