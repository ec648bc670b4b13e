// A computer of somebody's own: a browser whose processes can be stopped, as sleep stops them, and killed.

export class Machine {
  #server;
  #group;

  /**
   * @param {import("@playwright/test").BrowserType} type
   * @param {import("@playwright/test").LaunchOptions} options as all browsers of the tests are started
   */
  static async start(type, options) {
    const machine = new Machine();
    machine.#server = await type.launchServer(options);
    // Playwright makes the browser the leader of a process group, in which its renderers and services are too.
    machine.#group = -machine.#server.process().pid;
    machine.browser = await type.connect(machine.#server.wsEndpoint());
    return machine;
  }

  /** Stops everything that runs, between two instructions; the network does not notice. */
  sleep() {
    process.kill(this.#group, "SIGSTOP");
  }

  wake() {
    process.kill(this.#group, "SIGCONT");
  }

  /** Ends the browser as a crash does: nothing of it runs any more, the system closes its sockets. */
  async crash() {
    const browser = this.#server.process();
    const gone = new Promise((resolve) => browser.once("exit", resolve));
    process.kill(this.#group, "SIGKILL");
    await gone;
  }

  async stop() {
    const { exitCode, signalCode } = this.#server.process();
    if (exitCode === null && signalCode === null) {
      this.wake();
      await this.#server.close();
    }
  }
}
