// Name.NameCtrl as pages used it: asked early, often, about anybody, with anything as an id.

import { gate } from "../support/gate.js";
import { expect, test } from "../support/test.js";
import { busyErika, errors, openOldPage, signedIn } from "./old-page.js";

const heard = (page) => page.evaluate(() => window.heard);

/** Makes a control that writes down what it is told, without the page holding it. */
const listen = (page) =>
  page.evaluate(() => {
    window.heard = [];
    window.make = (progId = "Name.NameCtrl") => {
      const control = new ActiveXObject(progId);
      control.OnStatusChange = (name, status, id) => window.heard.push([name, status, id]);
      return control;
    };
  });

test("calls before the WebAssembly is there are answered with 1 and kept", async ({
  page,
  host,
  server,
  person,
  said,
}) => {
  const erika = await busyErika(person);
  const comes = await gate(page, "**/mistatus-core-*.js*");
  // Firefox does not call a page loaded while it waits for a module.
  await openOldPage(page, host, server, { waitUntil: "domcontentloaded" });
  await listen(page);
  const first = await page.evaluate(() => {
    const control = window.make("NAME.namectrl.1");
    return [
      control.PresenceEnabled,
      control.presenceenabled,
      control.GetStatus("erika@example.com", "a"),
      window.heard.length,
    ];
  });
  expect(first).toEqual([true, true, 1, 0]);
  comes();
  await expect.poll(() => heard(page)).toEqual([["erika@example.com", 3, "a"]]);
  await erika.choose("Away");
  await expect
    .poll(() => heard(page))
    .toEqual([
      ["erika@example.com", 3, "a"],
      ["erika@example.com", 2, "a"],
    ]);
  expect(errors(said)).toEqual([]);
});

test("each name and id gets an event of its own, with the name as it was spelled", async ({
  page,
  host,
  server,
  person,
}) => {
  await busyErika(person);
  await openOldPage(page, host, server);
  await signedIn(page);
  await listen(page);
  await page.evaluate(() => {
    const control = window.make();
    window.object = { id: "an object" };
    for (const [name, id] of [
      ["erika@example.com", 1],
      ["erika@example.com", 2],
      ["erika@example.com", 2],
      ["sip:Erika@Example.com", undefined],
      ["ERIKA@EXAMPLE.COM", window.object],
    ]) {
      control.getstatus(name, id);
    }
  });
  const all = () =>
    page.evaluate(() =>
      window.heard.map(([name, status, id]) => [name, status, id === window.object ? "same" : String(id)]),
    );
  await expect.poll(all).toEqual([
    ["erika@example.com", 3, "1"],
    ["erika@example.com", 3, "2"],
    ["sip:Erika@Example.com", 3, "undefined"],
    ["ERIKA@EXAMPLE.COM", 3, "same"],
  ]);
  expect(await page.evaluate(() => window.make().GetStatus("erika@example.com", "new"))).toBe(3);
  await expect.poll(async () => (await heard(page)).length).toBe(5);
});

test("who is known already is answered for at once, and told all the same, but later", async ({
  page,
  host,
  server,
  person,
}) => {
  await busyErika(person);
  await openOldPage(page, host, server);
  await signedIn(page);
  await page.evaluate(
    () =>
      new Promise((resolve) => {
        const messenger = new ActiveXObject("Messenger.UIAutomation");
        messenger.OnContactStatusChange = (contact) => contact.Status === 10 && resolve();
        messenger.AddContact(0, "erika@example.com");
      }),
  );
  await listen(page);
  const first = await page.evaluate(() => [window.make().GetStatus("sip:erika@example.com", 1), window.heard.length]);
  expect(first).toEqual([3, 0]);
  await expect.poll(() => heard(page)).toEqual([["sip:erika@example.com", 3, 1]]);
});

test("what this tab last knew is the first answer, before the WebAssembly is there, and ends with its user", async ({
  page,
  host,
  server,
  person,
}) => {
  await busyErika(person, "gustav@example.com");
  await openOldPage(page, host, server);
  await listen(page);
  await page.evaluate(() => window.make().GetStatus("erika@example.com", 1));
  await expect.poll(() => heard(page)).toEqual([["erika@example.com", 3, 1]]);

  const answers = () =>
    page.evaluate(() => {
      const messenger = new ActiveXObject("Messenger.UIAutomation");
      const { PrimaryService } = messenger.Services;
      const contact = messenger.GetContact("Erika@example.com", messenger.MyServiceId);
      const me = () => {
        try {
          return [messenger.MySigninName, PrimaryService.MySigninName];
        } catch (error) {
          return [error.number];
        }
      };
      return [
        window.make().GetStatus("sip:Erika@example.com", 1),
        window.make().GetStatus("franz@example.com", 2),
        contact.Status,
        messenger.MyStatus,
        PrimaryService.MyStatus,
        ...me(),
      ];
    });
  const comes = await gate(page, "**/mistatus-core-*.js*");
  await page.reload({ waitUntil: "domcontentloaded" });
  await listen(page);
  expect(await answers()).toEqual([3, 0, 10, 2, 2, "franz@example.com", "franz@example.com"]);
  comes();
  await signedIn(page);
  const byId = async () => (await heard(page)).sort(([, , one], [, , other]) => one - other);
  await expect.poll(byId).toEqual([
    ["sip:Erika@example.com", 3, 1],
    ["franz@example.com", 0, 2],
  ]);
  await page.unroute("**/mistatus-core-*.js*");

  await page.evaluate(() => window.mistatus.messenger.Signout());
  await expect.poll(() => page.evaluate(() => window.mistatus.messenger.MyStatus)).toBe(1);
  await page.route("**/mistatus-core-*.js*", (route) => route.abort());
  await page.reload();
  await listen(page);
  expect(await answers()).toEqual([1, 1, 0, 1, 1, -2130705634]);
});

test("whoever uses the page is known to it at once, too", async ({ page, host, server }) => {
  await openOldPage(page, host, server);
  await signedIn(page);
  await listen(page);
  expect(await page.evaluate(() => window.make().GetStatus("Franz@example.com", 1))).toBe(0);
  await expect.poll(() => heard(page)).toEqual([["Franz@example.com", 0, 1]]);
});

test("controls that nobody holds go on, and the last handler of each wins", async ({ page, host, server, person }) => {
  await openOldPage(page, host, server);
  await signedIn(page);
  await listen(page);
  await page.evaluate(() => {
    window.named = (_name, status, id) => window.heard.push(["by name", status, id]);
    for (let id = 0; id < 20; id += 1) {
      window.make().GetStatus("erika@example.com", id);
    }
    const control = window.make();
    control.OnStatusChange = "named";
    control.GetStatus("erika@example.com", "string");
  });
  await expect.poll(async () => (await heard(page)).length).toBe(21);
  await page.requestGC();
  await page.evaluate(() => {
    window.heard = [];
  });
  const erika = await person("erika@example.com", "franz@example.com");
  await erika.isConnected();
  await expect.poll(async () => (await heard(page)).length).toBe(21);
  expect((await heard(page)).at(-1)).toEqual(["by name", 0, "string"]);
});

test("people who are nobody are offline, whatever was given for a name", async ({ page, host, server, said }) => {
  await openOldPage(page, host, server);
  await signedIn(page);
  await listen(page);
  const answers = await page.evaluate(() => {
    const control = window.make();
    const hostile = {
      toString: () => {
        throw new Error("no text");
      },
    };
    const names = [
      undefined,
      null,
      "",
      {},
      7,
      hostile,
      "x".repeat(100_000),
      "a\nb@example.com",
      "名前@example.com",
      "<img src=x onerror=alert(1)>",
    ];
    return names.map((name, id) => control.GetStatus(name, id));
  });
  expect(answers).toEqual(Array(10).fill(1));
  await expect.poll(() => page.evaluate(() => window.heard.map(([, status]) => status))).toEqual(Array(10).fill(1));
  expect(
    await page.evaluate(() => [
      window.heard.find(([, , id]) => id === 6)[0].length,
      window.heard.find(([, , id]) => id === 0)[0],
    ]),
  ).toEqual([100_000, undefined]);
  expect(errors(said)).toEqual([]);
});

test("a handler that throws or signs out keeps nobody else from hearing", async ({
  page,
  host,
  server,
  person,
  said,
}) => {
  await busyErika(person);
  await openOldPage(page, host, server);
  await signedIn(page);
  await listen(page);
  await page.evaluate(() => {
    const bad = new ActiveXObject("Name.NameCtrl");
    bad.OnStatusChange = () => {
      throw new Error("bad handler");
    };
    bad.GetStatus("erika@example.com", 0);
    const leaving = new ActiveXObject("Name.NameCtrl");
    leaving.OnStatusChange = () => window.mistatus.messenger.MyStatus && window.mistatus.messenger.Signout();
    leaving.GetStatus("erika@example.com", 0);
    window.make().GetStatus("erika@example.com", 0);
  });
  await expect.poll(() => heard(page)).toContainEqual(["erika@example.com", 3, 0]);
  expect(errors(said).map(({ text }) => text)).toContain("bad handler");
  await expect.poll(async () => (await heard(page)).at(-1)).toEqual(["erika@example.com", 1, 0]);
});

test("ten thousand questions in a loop are answered in many turns, between which the page goes on", async ({
  page,
  host,
  server,
  said,
}) => {
  await openOldPage(page, host, server);
  await signedIn(page);
  await listen(page);
  const turns = await page.evaluate(async () => {
    const control = window.make();
    const hear = control.OnStatusChange;
    control.OnStatusChange = (...answer) => {
      hear(...answer);
      // Fifty answers that fill a turn each, however fast the machine is.
      const end = window.heard.length % 200 === 0 ? performance.now() + 10 : 0;
      while (performance.now() < end) {}
    };
    for (let id = 0; id < 10_000; id += 1) {
      control.GetStatus(`p${id % 2_000}@example.com`, id);
    }
    let turns = 0;
    for (let before = 0; window.heard.length < 10_000; before = window.heard.length) {
      await new Promise((resolve) => setTimeout(resolve));
      turns += window.heard.length > before ? 1 : 0;
    }
    return turns;
  });
  expect(turns).toBeGreaterThan(10);
  expect(await page.evaluate(() => new Set(window.heard.map(([, , id]) => id)).size)).toBe(10_000);
  expect(errors(said)).toEqual([]);
});
