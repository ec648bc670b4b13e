// Two nodes of ejabberd as one service: what one node's people do arrives at the other's, and the death of a node loses
// nothing that was acknowledged.

import { Proxy } from "../../support/proxy.js";
import { expect, test } from "../people.js";

test("people at two nodes see each other, and outlive the death of one of them", async ({ server, somebody }) => {
  const balancer = await Proxy.start(server.nodes[0].url);
  const ann = await somebody("ann", { stream: balancer.stream });
  const bob = await somebody("bob", { stream: server.nodes[1].url });
  await ann.befriend(bob);
  await ann.set(10, { note: "Reviewing" });
  await bob.sees(ann, 10);
  await bob.set(34);
  await ann.sees(bob, 34);
  const before = ["one", "two", "three"];
  for (const text of before) {
    await ann.write(bob, text);
  }
  await bob.reads(ann, before);

  balancer.lead(server.nodes[1].url);
  server.crash(0);
  // Whatever is said while nobody knows yet must arrive once, or be said to have failed.
  const during = await ann.write(bob, "while it died").then(
    () => ["while it died"],
    () => [],
  );
  await expect.poll(() => balancer.accepted).toBeGreaterThan(1);
  await ann.isBack();
  await ann.has(10);
  await ann.sees(bob, 34);
  await bob.sees(ann, 10);
  await ann.write(bob, "after");
  await bob.reads(ann, [...before, ...during, "after"]);
  await ann.set(14);
  await bob.sees(ann, 14);
  await bob.set(2);
  await ann.sees(bob, 2);
  await balancer.stop();
});
