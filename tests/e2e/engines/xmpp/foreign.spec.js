// What people with other programs see of ours, and ours of them.

import { Foreign } from "../../support/foreign.js";
import { expect, test } from "../people.js";

/** What we choose, and what a client sees that knows the standard only. */
const SEEN = [
  [10, "dnd"],
  [14, "away"],
  [34, "away"],
  [50, "dnd"],
  [66, "xa"],
  [114, "dnd"],
  [2, "online"],
];

/** What such a client shows, and what we see. */
const SHOWN = [
  ["dnd", 10],
  ["away", 34],
  ["xa", 34],
  ["chat", 2],
  ["dnd", 10],
  [undefined, 2],
];

test("people with another program and ours see each other and talk", async ({ server, somebody }) => {
  const ann = await somebody("ann");
  const name = `gajim@${server.domain}`;
  const gajim = await Foreign.start(server.stream, "gajim", await server.register(name));
  const them = { name };
  await ann.add(them);
  await gajim.subscribe(ann.name);
  for (const [status, word] of SEEN) {
    await ann.set(status);
    await expect.poll(() => gajim.sees(ann.name)).toBe(word);
  }
  for (const [word, status] of SHOWN) {
    await gajim.show(word);
    await ann.sees(them, status);
  }
  await ann.set(6);
  await expect.poll(() => gajim.sees(ann.name)).toBe("offline");
  await ann.set(2);
  await expect.poll(() => gajim.sees(ann.name)).toBe("online");
  await ann.write(them, "<b>hello</b>");
  await expect.poll(() => gajim.texts).toEqual(["<b>hello</b>"]);
  await gajim.write(ann.name, "hello yourself");
  await ann.reads(them, ["<b>hello</b>", "hello yourself"]);
  await gajim.stop();
  await ann.sees(them, 1);
});
