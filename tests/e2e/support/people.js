// What the specs of reliability start from: an engine that looks often whether its clients live, links and computers
// that fail, and people whose pages write down all that they ever show.

import { expect } from "@playwright/test";

import { Machine } from "./machine.js";
import { Proxy } from "./proxy.js";
import { Recorder } from "./recorder.js";
import { Server } from "./server.js";
import { Tab } from "./tab.js";
import { test as base } from "./test.js";

export { expect };

/** Of tests of what XMPP services have otherwise, or not: projects with one leave them out. */
export const EMBEDDED = { tag: "@embedded" };

/** Finds a silent client as early as an operator can have it. */
export const WATCHFUL = ["--auth", "open", "--heartbeat", "5"];

let crowds = 0;

export const test = base.extend({
  /** What {@link Server} is told, where it is the engine. */
  options: [WATCHFUL, { option: true }],

  /** A server of the test's own, or the service of its project. */
  server: async ({ host, service, options }, use) => {
    const server = service ?? (await Server.start([host.url], options));
    await use(server);
    await (server === service ? undefined : server.stop());
  },

  /** The sign-in names of people whom no other test of an engine knows. */
  names: async ({ server, service }, use) => {
    crowds += 1;
    const crowd = service ? `${process.pid}n${crowds}` : "";
    const name = (word) => `${word}${crowd}@${server.domain}`;
    await use({ ERIKA: name("erika"), FRANZ: name("franz"), GUSTAV: name("gustav"), HANNA: name("hanna") });
  },

  /** Lies between the server and the pages that are opened through it. */
  link: async ({ server }, use) => {
    const link = await Proxy.start(server.stream);
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

  /** Returns the tag that signs somebody in, whom it makes an account where the engine wants one. */
  script: async ({ host, server }, use) => {
    await use(async (name, stream = server.stream) => {
      const secret = await server.register(name);
      if (secret) {
        host.answer(server.tokenPath(name), () => secret);
      }
      const attributes = Object.entries({ server: stream, ...server.attributes(name) });
      const data = attributes.map(([attribute, value]) => `data-${attribute}="${value}"`);
      return `<script src="${host.url}/widget/mistatus.js" ${data.join(" ")}></script>`;
    });
  },

  /** Puts up a page for somebody with other people on it; returns its address. */
  address: async ({ host, script, server }, use) => {
    await use(async (name, contacts, { stream, picker = "no-idle" } = {}) => {
      for (const contact of [contacts].flat()) {
        await server.introduce(name, contact);
      }
      const dots = [contacts].flat().map((contact) => `<mi-status contact="${contact}">…</mi-status>`);
      return host.page(`<mi-my-status ${picker}>…</mi-my-status>${dots.join("")}`, {
        head: await script(name, stream),
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
      const tab = await Tab.make(context);
      tab.recorder = await Recorder.install(tab.page);
      await prepare(tab.page);
      await tab.page.goto(await address(name, contacts, options));
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
  // People are asked about once they are seen to be on the screen, which a busy browser may say late.
  for (const { page } of tabs.length > 1 ? tabs : []) {
    await expect(page.locator('mi-status:is(:not([status="online"]), [stale])')).toHaveCount(0);
  }
  for (const tab of tabs) {
    await tab.asked();
    await tab.recorder.forget();
  }
}

/** Gives a page a clock that {@link holdTime} can stop; before it is loaded. What is to be painted still is: frames are the browser's. */
export async function withClock(page) {
  const context = page.context();
  await context.addInitScript(() => {
    const { requestAnimationFrame, cancelAnimationFrame } = window;
    window.realFrames = { requestAnimationFrame, cancelAnimationFrame };
  });
  await page.clock.install();
  await context.addInitScript(() => Object.assign(window, window.realFrames));
}

/** Lets the time of a page pass only when a test says so: however slow the machine, nothing takes too long. */
export async function holdTime({ page }) {
  // Ahead of the clock by more than the call takes.
  await page.clock.pauseAt((await page.evaluate(() => Date.now())) + 5_000);
}

/** Sets a status by script and waits until the server has confirmed it. */
export async function set(tab, status, options) {
  await tab.page.evaluate(
    ([status, options]) => window.mistatus.messenger.setMyStatus(status, options),
    [status, options],
  );
}
