// Somebody with another program: a plain XMPP client that has never heard of us.

import { client, xml } from "@xmpp/client";
import { WebSocket } from "ws";

// Node has its own from version 22 on.
globalThis.WebSocket ??= WebSocket;

/** Longest that a service may take to tell one of the other, in milliseconds. */
const PATIENCE = 60_000;

export class Foreign {
  #xmpp;
  #last = new Map();

  /** Signs in and lets everybody see who asks. */
  static async start(address, user, password) {
    const foreign = new Foreign();
    // Its SCRAM takes seconds.
    const credentials = (authenticate) => authenticate({ username: user, password }, "PLAIN");
    const xmpp = client({ service: address, domain: "localhost", resource: "desk", credentials });
    foreign.#xmpp = xmpp;
    // Its counters of stream management fall behind, and services end such a stream: it must not find it.
    xmpp.prependListener("element", (element) => {
      const found = element.getChild("sm", "urn:xmpp:sm:3");
      if (found && element.is("features")) {
        element.children.splice(element.children.indexOf(found), 1);
      }
    });
    xmpp.on("error", () => {});
    xmpp.on("stanza", (stanza) => foreign.#hear(stanza));
    await xmpp.start();
    await foreign.show();
    return foreign;
  }

  /** Shows a presence: none of the standard's words is online. */
  async show(word, ...children) {
    const show = word ? [xml("show", {}, word)] : [];
    await this.#xmpp.send(xml("presence", {}, ...show, ...children));
  }

  async subscribe(name) {
    await this.#xmpp.send(xml("presence", { to: name, type: "subscribe" }));
  }

  async write(name, text) {
    await this.#xmpp.send(xml("message", { to: name, type: "chat", id: `m${Date.now()}` }, xml("body", {}, text)));
  }

  /** Waits until somebody is seen to be there. */
  async meets(name) {
    const until = Date.now() + PATIENCE;
    while (this.sees(name) !== "online") {
      if (Date.now() > until) {
        throw new Error(`${name} is ${this.sees(name) ?? "unknown"}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Returns what is known of somebody: `online`, a word of the standard, or `offline`. */
  sees(name) {
    return this.#last.get(name);
  }

  /** What was written to it. */
  texts = [];

  async stop() {
    await this.#xmpp.stop();
  }

  #hear(stanza) {
    const from = stanza.attrs.from?.split("/")[0];
    if (stanza.is("presence") && stanza.attrs.type === "subscribe") {
      this.#xmpp.send(xml("presence", { to: from, type: "subscribed" })).catch(() => {});
    } else if (stanza.is("presence")) {
      this.#last.set(from, stanza.attrs.type === "unavailable" ? "offline" : stanza.getChildText("show") || "online");
    } else if (stanza.is("message") && stanza.getChild("body")) {
      this.texts.push(stanza.getChildText("body"));
    }
  }
}
