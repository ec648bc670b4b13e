// Writes down, in the page and from its first moment, whatever the elements show and say: so that a test can tell
// that something was never shown, not only that it is not shown now.

/** Runs in the page before everything else. */
function record() {
  const record = [];
  const last = new Map();
  const look = () => {
    for (const element of document.querySelectorAll("mi-status, mi-my-status")) {
      const who = element.getAttribute("contact") ?? "me";
      const status = element.getAttribute("status");
      const shown = element.hasAttribute("stale") ? `${status} (stale)` : status;
      // Without a status the page's own text is shown.
      if (status !== null && last.get(who) !== shown) {
        last.set(who, shown);
        record.push({ at: Date.now(), who, shown });
      }
    }
  };
  // Observers are called before anything is painted: what is missing here, nobody can have seen.
  new MutationObserver(look).observe(document, {
    subtree: true,
    childList: true,
    attributeFilter: ["status", "stale", "contact"],
  });
  for (const type of ["mi-status-change", "mi-my-status-change"]) {
    addEventListener(type, ({ detail }) => {
      record.push({ at: Date.now(), who: detail.contact ?? "me", told: detail.status, hr: detail.hr });
    });
  }
  window.recorded = record;
}

export class Recorder {
  #page;
  #from = 0;

  /** Records in every document that a page will load; before the first one. */
  static async install(page) {
    await page.addInitScript(record);
    const recorder = new Recorder();
    recorder.#page = page;
    return recorder;
  }

  /** Leaves out of later answers what was recorded until now. */
  async forget() {
    this.#from = await this.#page.evaluate(() => window.recorded.length);
  }

  /** Counts from the first moment of a document that was loaded since. */
  restart() {
    this.#from = 0;
  }

  /** Returns what was shown of somebody, in order: the name of the status, with ` (stale)` where it was marked so. */
  async shown(who) {
    return (await this.#entries(who)).filter(({ shown }) => shown).map(({ shown }) => shown);
  }

  /** Returns what was shown of somebody as true, in order: without any mark. */
  async believed(who) {
    return (await this.shown(who)).filter((shown) => !shown.endsWith(" (stale)"));
  }

  /** Returns the statuses of which the page was told by events, in order. */
  async told(who) {
    return (await this.#entries(who)).filter(({ told }) => told !== undefined).map(({ told }) => told);
  }

  async #entries(who) {
    const all = await this.#page.evaluate((from) => window.recorded.slice(from), this.#from);
    return all.filter((entry) => entry.who === who);
  }
}
