// A slow network between a browser and a site: a TCP proxy that gives every connection the same round trip and lets all of
// them share one bandwidth, in turn. Emulation by DevTools delays no messages of WebSockets and knows no handshakes; this
// does not know what it carries.

import { connect, createServer } from "node:net";

/** What Lighthouse calls slow 4G: milliseconds, and bits a second. */
export const SLOW_4G = { rtt: 150, down: 1_600_000, up: 750_000 };

// As large as a packet: connections take turns by packets.
const SEGMENT = 1_460;

export class Link {
  #listener;
  #sockets = new Set();
  #up;
  #down;

  /** Leads to a port of this machine. */
  static async start(port, { rtt, down, up }) {
    const link = new Link();
    link.#up = new Lane(up, rtt / 2);
    link.#down = new Lane(down, rtt / 2);
    link.#listener = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
      const far = connect({ host: "127.0.0.1", port, allowHalfOpen: true, noDelay: true });
      // The first byte leaves when the handshake is over, which here takes no time.
      link.#carry(link.#up, near, far, performance.now() + rtt);
      link.#carry(link.#down, far, near, 0);
    });
    await new Promise((resolve) => link.#listener.listen(0, "127.0.0.1", resolve));
    return link;
  }

  get url() {
    return `http://127.0.0.1:${this.#listener.address().port}`;
  }

  /** Returns how many bytes went through, both ways, since the last call. */
  take() {
    return this.#up.take() + this.#down.take();
  }

  async stop() {
    this.#sockets.forEach((socket) => socket.destroy());
    await new Promise((resolve) => this.#listener.close(resolve));
  }

  #carry(lane, from, to, notBefore) {
    const flow = { to, notBefore, waiting: [] };
    this.#sockets.add(from);
    from.on("data", (bytes) => {
      for (let at = 0; at < bytes.length; at += SEGMENT) {
        lane.put(flow, bytes.subarray(at, at + SEGMENT));
      }
    });
    from.on("end", () => lane.put(flow, undefined));
    from.on("error", () => to.destroy());
    from.on("close", () => this.#sockets.delete(from));
  }
}

/** One direction: what waits for its turn, and what is on its way. */
class Lane {
  #bytesPerMs;
  #delay;
  #flows = [];
  #flying = [];
  #free = 0;
  #timer;
  #carried = 0;

  constructor(bitsPerSecond, delay) {
    this.#bytesPerMs = bitsPerSecond / 8_000;
    this.#delay = delay;
  }

  /** Takes a segment of a flow, or, without one, its end. */
  put(flow, segment) {
    const from = Math.max(performance.now(), flow.notBefore);
    flow.waiting.push({ segment, from });
    if (flow.waiting.length === 1) {
      this.#flows.push(flow);
    }
    this.#run();
  }

  take() {
    const carried = this.#carried;
    this.#carried = 0;
    return carried;
  }

  #run() {
    const now = performance.now();
    this.#send(now);
    while (this.#flying.length > 0 && this.#flying[0].due <= now) {
      const { to, segment } = this.#flying.shift();
      if (segment === undefined) {
        to.end();
      } else if (!to.destroyed) {
        to.write(segment);
      }
    }
    const next = Math.min(
      this.#flying[0]?.due ?? Infinity,
      ...this.#flows.map(({ waiting }) => Math.max(waiting[0].from, this.#free)),
    );
    clearTimeout(this.#timer);
    if (next < Infinity) {
      this.#timer = setTimeout(() => this.#run(), Math.max(0, next - now));
    }
  }

  // Puts on the wire what may leave by now; each flow that has something is next after all others.
  #send(now) {
    for (;;) {
      const index = this.#flows.findIndex(({ waiting }) => waiting[0].from <= now);
      if (index < 0 || this.#free > now) {
        return;
      }
      const [flow] = this.#flows.splice(index, 1);
      const { segment, from } = flow.waiting.shift();
      const size = segment?.length ?? 0;
      this.#carried += size;
      this.#free = Math.max(this.#free, from) + size / this.#bytesPerMs;
      this.#flying.push({ due: this.#free + this.#delay, to: flow.to, segment });
      if (flow.waiting.length > 0) {
        this.#flows.push(flow);
      }
    }
  }
}
