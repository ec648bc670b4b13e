// The sockets of a page as it has them itself, since not every driver tells of them.

/** Runs in the page before everything else. */
function note() {
  const sockets = [];
  window.WebSocket = class extends WebSocket {
    constructor(...options) {
      super(...options);
      const noted = { socket: this, sent: [], received: [] };
      sockets.push(noted);
      this.addEventListener("message", ({ data }) => noted.received.push(data));
    }

    send(data) {
      sockets.find(({ socket }) => socket === this).sent.push(data);
      super.send(data);
    }
  };
  window.notedSockets = sockets;
}

export class Sockets {
  #page;

  constructor(page) {
    this.#page = page;
  }

  /** Notes the sockets of every document that a page will load; before the first one. */
  static async note(page) {
    await page.addInitScript(note);
    return new Sockets(page);
  }

  /** Returns what the page's document has had, in order: whether it is closed, and what went over it. */
  all() {
    return this.#page.evaluate(() =>
      window.notedSockets.map(({ socket, sent, received }) => ({
        url: socket.url,
        isClosed: socket.readyState === WebSocket.CLOSED,
        sent,
        received,
      })),
    );
  }

  /** Returns how many are open, or on their way. */
  async open() {
    return (await this.all()).filter(({ isClosed }) => !isClosed).length;
  }
}

/** Returns of each tab how many sockets it has open. */
export const openSockets = (...tabs) => Promise.all(tabs.map(({ sockets }) => sockets.open()));
