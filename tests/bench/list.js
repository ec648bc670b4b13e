// Measures the contact list with 10 and with 10,000 people, side by side with a page that draws them by hand: one line
// for each, the changed one updated, which is the least that a page can do without a list like ours. Prints a table;
// asserts nothing. Run it by `cargo xtask bench`, on a machine that does nothing else.

import { chromium } from "@playwright/test";

import { Host } from "../e2e/support/host.js";
import { Server } from "../e2e/support/server.js";

const MOVER = "aaa@example.com";
const MANY = Number(process.argv[2] ?? 10_000);
const CHANGES = 200;
const FRAMES = 300;

const host = await Host.start();
const server = await Server.start([host.url], ["--auth", "open"]);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
});

try {
  const head = `<script src="${host.url}/widget/mistatus.js"></script>`;
  const empty = host.page("<p>Nobody</p>", { head });
  const mover = await opened(empty);
  await mover.evaluate(
    async ([server, signinName]) => {
      window.mover = await window.mistatus.connect({ server, signinName });
    },
    [server.stream, MOVER],
  );
  const rows = [];
  for (const count of [10, MANY]) {
    const user = `user${count}@example.com`;
    await fill(empty, user, count);
    for (const [what, body] of [
      ["mi-contact-list", "<mi-contact-list></mi-contact-list>"],
      ["by hand", "<ul></ul>"],
    ]) {
      const tag = `<script src="${host.url}/widget/mistatus.js" data-server="${server.stream}" data-signin-name="${user}"></script>`;
      const style = "<style>ul { block-size: 24rem; overflow: auto; margin: 0 }</style>";
      rows.push(await measured(what, count, host.page(body, { head: style + tag })));
    }
  }
  print(rows, await browser.version());

  async function measured(what, count, address) {
    const page = await opened(address, what === "by hand" ? drawByHand : waitForLines);
    await page.waitForFunction(
      (count) => window.drawn === true && window.mistatus.messenger.MyContacts.Count === count,
      count,
      { timeout: 60_000 },
    );
    const drawn = await page.evaluate(() => window.drawnAfter);
    // Whoever moves is in sight, and the page has come to rest.
    await page.waitForTimeout(2_000);
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("Performance.enable");
    const before = await metrics(devtools);
    await changes(page, CHANGES);
    const after = await metrics(devtools);
    const frames = await page.evaluate(scroll, FRAMES);
    await page.context().close();
    return {
      what,
      count,
      nodes: after.Nodes,
      heap: after.JSHeapUsedSize / 1e6,
      drawn,
      change: ((after.TaskDuration - before.TaskDuration) * 1e3) / CHANGES,
      frames,
    };
  }

  /** Lets somebody change their status so often, and waits each time until the page was told and has painted. */
  async function changes(page, count) {
    for (let at = 0; at < count; at += 1) {
      const status = at % 2 === 0 ? 10 : 34;
      const told = page.evaluate((status) => window.until(status), status);
      await mover.evaluate((status) => window.mover.setMyStatus(status), status);
      await told;
    }
  }
} finally {
  await browser.close();
  await server.stop();
  await host.stop();
}

async function opened(address, prepare) {
  const context = await browser.newContext({ viewport: { width: 800, height: 600 } });
  const page = await context.newPage();
  await page.addInitScript((mover) => {
    // Resolves once somebody's new status has been told and painted.
    window.until = (status) =>
      new Promise((resolve) => {
        const { messenger } = window.mistatus;
        const look = () => {
          if (messenger.GetContact(mover, messenger.MyServiceId).Status === status) {
            messenger.removeEventListener("ContactStatusChange", look);
            requestAnimationFrame(() => setTimeout(resolve));
          }
        };
        messenger.addEventListener("ContactStatusChange", look);
        look();
      });
  }, MOVER);
  if (prepare) {
    await page.addInitScript(prepare);
  }
  await page.goto(address);
  if (prepare) {
    await page.evaluate(() => window.mistatus.ready.then(() => {}));
  }
  return page;
}

/** Runs in the page: notes when the element has lines. */
function waitForLines() {
  const look = () => {
    const list = document.querySelector("mi-contact-list");
    if (list?.shadowRoot?.querySelector("[role=treeitem]")) {
      window.drawn = true;
      window.drawnAfter = performance.now() - window.signedInAt;
      window.scroller = list.shadowRoot.querySelector("[role=tree]");
      return;
    }
    requestAnimationFrame(look);
  };
  addEventListener("DOMContentLoaded", () => {
    window.mistatus.ready.then(() => {
      window.signedInAt = performance.now();
    });
    look();
  });
}

/** Runs in the page: draws everybody by hand, and keeps each line as it is. */
function drawByHand() {
  addEventListener("DOMContentLoaded", async () => {
    await window.mistatus.ready;
    window.signedInAt = performance.now();
    const { messenger } = window.mistatus;
    const { MISTATUS } = window.mistatus;
    const names = new Map(
      Object.entries(MISTATUS)
        .filter(([, value]) => typeof value === "number")
        .map(([name, value]) => [value, name]),
    );
    const list = document.querySelector("ul");
    const lines = new Map();
    const show = (line, contact) => {
      line.state.textContent = names.get(contact.Status);
      line.dot.className = `dot-${contact.Status}`;
    };
    for (const contact of messenger.MyContacts) {
      const line = {
        item: document.createElement("li"),
        dot: document.createElement("span"),
        name: document.createElement("bdi"),
        state: document.createElement("span"),
      };
      line.name.textContent = contact.FriendlyName;
      line.item.append(line.dot, line.name, " ", line.state);
      show(line, contact);
      list.append(line.item);
      lines.set(contact, line);
    }
    messenger.addEventListener("ContactStatusChange", ({ contact }) => show(lines.get(contact), contact));
    window.scroller = list;
    requestAnimationFrame(() =>
      setTimeout(() => {
        window.drawnAfter = performance.now() - window.signedInAt;
        window.drawn = true;
      }),
    );
  });
}

/** Runs in the page: scrolls by forty pixels a frame; returns how long the frames took. */
async function scroll(count) {
  const taken = [];
  let last = await new Promise(requestAnimationFrame);
  for (let at = 0; at < count; at += 1) {
    window.scroller.scrollTop += 40;
    const now = await new Promise(requestAnimationFrame);
    taken.push(now - last);
    last = now;
  }
  taken.sort((one, other) => one - other);
  return { median: taken[count >> 1], p95: taken[Math.floor(count * 0.95)], longest: taken.at(-1) };
}

/** Puts so many people on somebody's list, as fast as the server lets connections of one user. */
async function fill(address, user, count) {
  const page = await opened(address);
  await page.evaluate(
    async ([server, signinName, mover, count]) => {
      const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
      const busy = window.mistatus.HRESULT.MSGR_E_SERVER_TOO_BUSY;
      const names = [mover, ...Array.from({ length: count - 1 }, (_, at) => `person${at}@example.com`)];
      const connections = await Promise.all(
        Array.from({ length: 5 }, () => window.mistatus.connect({ server, signinName, shareConnection: false })),
      );
      const add = async (messenger) => {
        for (let name = names.pop(); name; name = names.pop()) {
          let hr = busy;
          while (hr === busy) {
            const told = new Promise((resolve) => {
              const listener = ({ args }) => {
                if (args[0] === busy || args[1]?.SigninName === name) {
                  messenger.removeEventListener("ContactListAdd", listener);
                  resolve(args[0]);
                }
              };
              messenger.addEventListener("ContactListAdd", listener);
            });
            messenger.AddContact(0, name);
            hr = await told;
            if (hr === busy) {
              await pause(250);
            }
          }
        }
      };
      await Promise.all(connections.map(add));
      connections.forEach((messenger) => messenger.close());
    },
    [server.stream, user, MOVER, count],
  );
  await page.context().close();
}

async function metrics(devtools) {
  const { metrics } = await devtools.send("Performance.getMetrics");
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}

function print(rows, version) {
  const ms = (value) => value.toFixed(1);
  console.log(`\nChromium ${version}, ${CHANGES} changes, ${FRAMES} frames\n`);
  console.log(
    "| list | people | DOM nodes | heap, MB | drawn after, ms | one change, ms | frame: median, 95 %, longest, ms |",
  );
  console.log("|---|---|---|---|---|---|---|");
  for (const { what, count, nodes, heap, drawn, change, frames } of rows) {
    const { median, p95, longest } = frames;
    console.log(
      `| ${what} | ${count} | ${nodes} | ${ms(heap)} | ${ms(drawn)} | ${change.toFixed(2)} | ${ms(median)}, ${ms(p95)}, ${ms(longest)} |`,
    );
  }
}
