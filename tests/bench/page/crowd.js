// The people whom the pages follow: clients of the real server, each with a connection of its own, so that a thousand
// changes a second are one a second for each of them.

import WebSocket from "ws";

import { inSeconds, token } from "../../e2e/support/jwt.js";

const BUSY = 10;
const AWAY = 34;

// So many signing in at once keep the server's queue short.
const AT_ONCE = 50;

/** What everybody has chosen when a page is opened. */
export const CHOSEN = "busy";

export class Crowd {
  #people = [];
  #requests = 0;
  #lost;

  /** How many changes the server has acknowledged. */
  done = 0;

  /** Signs so many people in, and lets each choose to be busy. */
  static async of(server, count) {
    const crowd = new Crowd();
    crowd.people = Array.from({ length: count }, (_, at) => ({
      name: `person${at}@example.com`,
      shownAs: `Person ${at}`,
    }));
    for (let at = 0; at < count; at += AT_ONCE) {
      const opened = crowd.people.slice(at, at + AT_ONCE).map(({ name }) => crowd.#open(server.stream, name));
      crowd.#people.push(...(await Promise.all(opened)));
    }
    await crowd.settle();
    return crowd;
  }

  /** Lets the next person change, from busy to away or back. */
  change(at) {
    const person = this.#people[at % this.#people.length];
    this.#choose(person, person.status === BUSY ? AWAY : BUSY);
  }

  /** Lets people change for so long, in turn, so many of them a second, evenly; returns how many changes were done a second. */
  async changes(perSecond, ms) {
    const done = this.done;
    const start = performance.now();
    let made = 0;
    while (performance.now() - start < ms) {
      this.#check();
      const due = Math.floor(((performance.now() - start) * perSecond) / 1_000);
      for (; made < due; made += 1) {
        this.change(made);
      }
      await new Promise((resolve) => setTimeout(resolve, 4));
    }
    return ((this.done - done) * 1_000) / (performance.now() - start);
  }

  /** Makes everybody busy again, and waits until the server has it. */
  async settle() {
    this.#people.forEach((person) => person.status === BUSY || this.#choose(person, BUSY));
    while (this.done < this.#requests) {
      this.#check();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  stop() {
    this.#people.forEach(({ socket }) => socket.removeAllListeners("close").terminate());
  }

  #check() {
    if (this.#lost) {
      throw this.#lost;
    }
  }

  #choose(person, status) {
    person.status = status;
    this.#requests += 1;
    person.socket.send(JSON.stringify({ type: "set-status", id: this.#requests, status }));
  }

  #open(stream, name) {
    const socket = new WebSocket(stream, "mistatus.v1");
    const send = (frame) => socket.send(JSON.stringify(frame));
    const person = { name, socket, status: undefined };
    return new Promise((resolve, reject) => {
      socket.on("error", reject);
      socket.on("close", (code) => {
        this.#lost = new Error(`the server closed the connection of ${name} with ${code}`);
        reject(this.#lost);
      });
      socket.on("open", () => send({ type: "signin", token: token({ sub: name, exp: inSeconds(3_600) }) }));
      socket.on("message", (data) => {
        const frame = JSON.parse(data);
        if (frame.type === "outcome") {
          this.done += 1;
          if (frame.hr !== 0) {
            this.#lost = new Error(`the server refused a change of ${name}: ${frame.message}`);
          }
        } else if (frame.type === "snapshot") {
          resolve(person);
        } else if (frame.type === "ping") {
          send({ type: "pong" });
        }
      });
    });
  }
}
