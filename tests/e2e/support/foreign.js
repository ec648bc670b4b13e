// Somebody with another program: a plain XMPP client that has never heard of us.

import { client, xml } from "@xmpp/client";
import { WebSocket } from "ws";

// Node has its own from version 22 on.
globalThis.WebSocket ??= WebSocket;

export class Foreign {
  #xmpp;
  #last = new Map();

  /** Signs in and lets everybody see who asks. */
  static async start(address, user, password) {
    const foreign = new Foreign();
    const xmpp = client({ service: address, domain: "localhost", resource: "desk", username: user, password });
    foreign.#xmpp = xmpp;
    // Its own counters of stream management fall behind.
    xmpp.streamFeatures?.use?.("sm", "urn:xmpp:sm:3", () => {});
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
