// What lies between a page and the server and may fail: a TCP proxy that forwards, delays, cuts, refuses, or swallows
// everything without a word. Knows nothing of WebSockets.

import { connect, createServer } from "node:net";

export class Proxy {
  #target;
  #listener;
  #port = 0;
  #wires = new Set();
  #behaviour = "pass";
  #delay = 0;

  /** How many connections were accepted since it was started. */
  accepted = 0;

  /** @param {string} target address of what is behind it */
  static async start(target) {
    const proxy = new Proxy();
    proxy.#target = new URL(target);
    await proxy.#listen();
    return proxy;
  }

  /** Returns the address of what is behind it, through this proxy. */
  get stream() {
    return `ws://127.0.0.1:${this.#port}${this.#target.pathname}`;
  }

  /** Returns how many connections are open, as those see it who made them. */
  get open() {
    return this.#wires.size;
  }

  /** Forwards what comes from now on, over new connections; those that lost something are dead. */
  async pass() {
    if (this.#behaviour === "refuse") {
      await this.#listen();
    }
    this.#behaviour = "pass";
  }

  /**
   * Forwards nothing and closes nothing, whatever is sent or closed: the link is half open. New connections are
   * accepted and treated alike.
   * @param {"all" | "answers"} what `answers`: the server still hears the page, the page nothing of the server
   */
  swallow(what = "all") {
    this.#behaviour = what;
    for (const wire of this.#wires) {
      wire.swallowed = what;
    }
  }

  /** Leads new connections elsewhere, as a load balancer does. */
  lead(target) {
    this.#target = new URL(target);
  }

  /** Breaks all connections with a reset; new ones work. */
  cut() {
    for (const { page, server } of this.#wires) {
      page.resetAndDestroy();
      server.resetAndDestroy();
    }
  }

  /** Breaks all connections, and nobody listens any more. */
  async refuse() {
    this.#behaviour = "refuse";
    const closed = new Promise((resolve) => this.#listener.close(resolve));
    this.cut();
    await closed;
  }

  /** Keeps everything, both ways, for so long before it goes on. */
  delay(ms) {
    this.#delay = ms;
  }

  async stop() {
    this.cut();
    if (this.#listener.listening) {
      await new Promise((resolve) => this.#listener.close(resolve));
    }
  }

  async #listen() {
    this.#listener = createServer({ allowHalfOpen: true }, (page) => this.#accept(page));
    await new Promise((resolve) => this.#listener.listen(this.#port, "127.0.0.1", resolve));
    this.#port = this.#listener.address().port;
  }

  #accept(page) {
    this.accepted += 1;
    const server = connect({ host: this.#target.hostname, port: Number(this.#target.port), allowHalfOpen: true });
    const wire = { page, server, swallowed: this.#behaviour === "pass" ? "nothing" : this.#behaviour };
    this.#wires.add(wire);
    this.#forward(wire, page, server);
    this.#forward(wire, server, page);
    page.once("close", () => this.#wires.delete(wire));
  }

  #forward(wire, from, to) {
    const later = (act) => {
      const isSwallowed = () => wire.swallowed === "all" || (wire.swallowed === "answers" && to === wire.page);
      const unlessSwallowed = () => isSwallowed() || to.destroyed || act();
      if (this.#delay > 0) {
        setTimeout(unlessSwallowed, this.#delay);
      } else {
        unlessSwallowed();
      }
    };
    from.setNoDelay(true);
    from.on("data", (bytes) => later(() => to.write(bytes)));
    from.on("end", () => later(() => to.end()));
    // A reset of one side is one of the other, and no error of this program.
    from.on("error", () => later(() => to.resetAndDestroy()));
  }
}
