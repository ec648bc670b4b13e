// A page stands still while it shows a dialogue or a debugger holds it; its user is there, and its browser says so.

import { EMBEDDED, expect, settled, test } from "../support/people.js";

test(
  "a page that shows a dialogue is there, and goes on as it was",
  EMBEDDED,
  async ({ person, link, names: { ERIKA, FRANZ, GUSTAV } }) => {
    const gustav = await person(GUSTAV, FRANZ, { stream: link.stream });
    const erika = await person(ERIKA, FRANZ);
    const franz = await person(FRANZ, [ERIKA, GUSTAV]);
    await settled(gustav, erika, franz);
    const shown = erika.page.waitForEvent("dialog");
    const answer = erika.page.evaluate(() => window.confirm("Really?"));
    const dialogue = await shown;
    // The server hears of Gustav later than of Erika's page: once he is gone for good, it would have given her up, too.
    await gustav.asked();
    link.swallow();
    await franz.sees("Offline", { timeout: 60_000 });
    expect(await franz.recorder.shown(ERIKA)).toEqual([]);
    await dialogue.accept();
    expect(await answer).toBe(true);
    await erika.asked();
    await franz.asked();
    expect(await erika.sockets.all()).toHaveLength(1);
    expect(await franz.recorder.shown(ERIKA)).toEqual([]);
    expect(await erika.recorder.shown("me")).toEqual([]);
  },
);
