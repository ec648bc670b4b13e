// Messenger.UIAutomation and its like as pages used them: late binding, early calls, elements, errors.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import { gate } from "../support/gate.js";
import { expect, test } from "../support/test.js";
import { busyErika, errors, openOldPage, signedIn, tag } from "./old-page.js";

const CLASS = "clsid:B69003B3-C55E-4B48-836C-BC5946FC3B28";

/** Runs something and returns the number and the message of what it throws. */
const failing = (page, text) =>
  page.evaluate((code) => {
    try {
      return { answer: String(new Function(code)()) };
    } catch (error) {
      return {
        isError: error instanceof Error,
        number: error.number,
        message: error.message,
        description: error.description,
      };
    }
  }, text);

test("ProgIDs of others fail as they failed, and one's own give the same messenger each time", async ({
  page,
  host,
  server,
}) => {
  await openOldPage(page, host, server);
  for (const progId of ["Scripting.FileSystemObject", "Messenger.UIAutomation.2", "", "undefined"]) {
    expect(await failing(page, `return new ActiveXObject(${JSON.stringify(progId)})`)).toMatchObject({
      isError: true,
      number: -2146827859,
      message: "Automation server can't create object",
    });
  }
  expect(await failing(page, "return new ActiveXObject()")).toMatchObject({ number: -2146827859 });
  expect(
    await page.evaluate(() => [
      new ActiveXObject("Messenger.UIAutomation") === new ActiveXObject("MESSENGER.uiautomation.1"),
      new ActiveXObject("Communicator.UIAutomation") === new ActiveXObject("communicator.UIAutomation.1"),
      new ActiveXObject("Name.NameCtrl") === new ActiveXObject("Name.NameCtrl"),
      "ActiveXObject" in window,
    ]),
  ).toEqual([true, true, false, true]);
});

test("a browser's own ActiveXObject keeps everybody else's objects", async ({ page, host, server }) => {
  await page.goto(
    host.page("<p>Old</p>", {
      head: `<script>window.ActiveXObject = function (progId) { this.progId = progId; }</script>${tag(host, server)}`,
    }),
  );
  expect(
    await page.evaluate(() => [
      new ActiveXObject("Some.Thing").progId,
      new ActiveXObject("Name.NameCtrl").PresenceEnabled,
    ]),
  ).toEqual(["Some.Thing", true]);
});

test("before the messenger is there, what can be answered is, and calls wait", async ({
  page,
  host,
  server,
  person,
  said,
}) => {
  const comes = await gate(page, "**/mistatus-core-*.js*");
  const erika = await busyErika(person);
  // Firefox does not call a page loaded while it waits for a module.
  await openOldPage(page, host, server, { waitUntil: "domcontentloaded" });
  const early = await page.evaluate(() => {
    const messenger = new ActiveXObject("Messenger.UIAutomation");
    window.heard = [];
    messenger.OnContactListAdd = (hr, contact) =>
      window.heard.push(["added", hr, contact.SigninName, contact === window.contact]);
    messenger.onsignin = (hr) => window.heard.push(["signin", hr]);
    window.list = messenger.MyContacts;
    window.contact = messenger.GetContact("sip:erika@example.com", messenger.MyServiceId);
    messenger.AddContact(0, "erika@example.com");
    messenger.MyStatus = 10;
    return [
      messenger.MyStatus,
      messenger.mycontacts.COUNT,
      window.contact.status,
      window.contact.FriendlyName,
      messenger.MyServiceId.length,
      window.heard.length,
    ];
  });
  expect(early).toEqual([1, 0, 0, "erika@example.com", 38, 0]);
  expect(await failing(page, "return new ActiveXObject('Messenger.UIAutomation').MySigninName")).toMatchObject({
    number: -2130705634,
  });
  comes();
  await expect
    .poll(() => page.evaluate(() => window.heard))
    .toEqual([
      ["signin", 0],
      ["added", 0, "erika@example.com", true],
    ]);
  await expect.poll(() => page.evaluate(() => window.contact.Status)).toBe(10);
  expect(
    await page.evaluate(() => {
      const messenger = new ActiveXObject("Messenger.UIAutomation");
      return [
        window.list.Count,
        window.list === messenger.MyContacts,
        window.list.Item(0) === window.contact,
        messenger.GetContact("Erika@Example.com", "") === window.contact,
      ];
    }),
  ).toEqual([1, true, true, true]);
  await erika.sees("Busy");
  expect(errors(said)).toEqual([]);
});

test("letter case never matters, and collections are gone through in every way", async ({ page, host, server }) => {
  await openOldPage(page, host, server);
  await signedIn(page);
  await page.evaluate(async () => {
    const messenger = new ActiveXObject("Messenger.UIAutomation");
    for (const name of ["erika@example.com", "gustav@example.com"]) {
      await new Promise((resolve) => {
        messenger.ONCONTACTLISTADD = resolve;
        messenger.addCONTACT(0, name);
      });
    }
  });
  const answers = await page.evaluate(() => {
    const messenger = new ActiveXObject("messenger.uiautomation");
    const enumerated = [];
    for (const all = new Enumerator(messenger.MyContacts); !all.atEnd(); all.moveNext()) {
      enumerated.push(all.item());
    }
    const counted = [];
    for (let index = 0; index < messenger.mycontacts.count; index += 1) {
      counted.push(messenger.MyContacts.item(index));
    }
    return {
      names: enumerated.map((contact) => contact.signinNAME),
      same:
        enumerated.every((contact, index) => contact === counted[index]) && [...messenger.MyContacts][0] === counted[0],
      service: counted[0].serviceid === messenger.MYSERVICEID && counted[0].ServiceID === counted[0].ServiceId,
      text: `${messenger}`,
      unknown: [messenger.foo, counted[0].foo, "foo" in messenger, "mystatus" in messenger],
    };
  });
  expect(answers).toEqual({
    names: ["erika@example.com", "gustav@example.com"],
    same: true,
    service: true,
    text: "[object]",
    unknown: [undefined, undefined, false, true],
  });
});

test("errors carry their number and say their code", async ({ page, host, server }) => {
  await openOldPage(page, host, server);
  await signedIn(page);
  const messenger = "new ActiveXObject('Messenger.UIAutomation')";
  const item = await failing(page, `return ${messenger}.MyContacts.Item(-1)`);
  expect(item).toMatchObject({ isError: true, number: -2147024809 });
  expect(item.message).toContain("0x80070057");
  expect(item.description).toBe(item.message);
  expect(await failing(page, `${messenger}.MyStatus = 18`)).toMatchObject({ number: -2147024809 });
  expect(await failing(page, `${messenger}.GetContact(null, "")`)).toMatchObject({ number: -2147467259 });
  expect(await failing(page, `${messenger}.GetContact({}, "")`)).toMatchObject({ isError: true });
  expect(await failing(page, `${messenger}.AddContact(0, "x".repeat(100000))`)).toMatchObject({ number: -2147024809 });
  for (const wrong of [
    `${messenger}.NoSuchThing = 1`,
    `${messenger}.MyServiceName = "mine"`,
    `new ActiveXObject('Name.NameCtrl').PresenceEnabled = false`,
  ]) {
    expect(await failing(page, wrong)).toMatchObject({ number: -2146827850 });
  }
});

test("codes in messages are in lower case, as Internet Explorer wrote them and pages look for them", async ({
  page,
  host,
  server,
}) => {
  await openOldPage(page, host, server);
  await signedIn(page);
  const messenger = "new ActiveXObject('Messenger.UIAutomation')";
  await page.evaluate(() => new ActiveXObject("Messenger.UIAutomation").Signout());
  await expect.poll(() => page.evaluate(() => window.mistatus.messenger.MyStatus)).toBe(1);
  for (const call of ["InstantMessage('erika@example.com')", "SendMail('erika@example.com')", "MySigninName"]) {
    const failure = await failing(page, `return ${messenger}.${call}`);
    expect(failure).toMatchObject({ message: expect.stringContaining("MSGR_E_NOT_LOGGED_ON, 0x8100031e") });
    expect(failure.message).not.toMatch(/0x[\da-f]*[A-F]/);
  }
});

test("the documented tag lets onerror read what a script of another origin throws", async ({ page, host, server }) => {
  const [, attributes] = /<script src="[^"]*\/legacy\.js" (.*)data-token-url/.exec(
    await readFile(new URL("../../../docs/LEGACY.md", import.meta.url), "utf8"),
  );
  const head = `<script>
      window.seen = [];
      window.onerror = function (message) { window.seen.push(message); return true; };
    </script>
    <script src="${server.url}/legacy.js" ${attributes}data-signin-name="franz@example.com"></script>
    <script>function look() { new ActiveXObject("Messenger.UIAutomation").MySigninName; }</script>`;
  await page.goto(host.page('<button onclick="look()">Look</button>', { head }));
  await signedIn(page);
  await page.evaluate(() => window.mistatus.messenger.Signout());
  await expect.poll(() => page.evaluate(() => window.mistatus.messenger.MyStatus)).toBe(1);
  await page.getByRole("button", { name: "Look" }).click();
  await expect.poll(() => page.evaluate(() => window.seen.join().indexOf("8100031e") > 0)).toBe(true);
});

const CALLS_ABOUT_PEOPLE = ["InstantMessage", "SendMail"];
const NOBODY = ["", " erika@example.com", "erika\n@example.com", "x".repeat(130), null, undefined, 5, {}];

for (const [when, isThere] of [
  ["before the messenger is there", false],
  ["before anybody is signed in", true],
]) {
  test(`whom a call cannot be about is told at once, ${when}`, async ({ page, host, server, said }) => {
    host.file("favicon.ico", "");
    await gate(page, "**/token");
    if (!isThere) {
      await gate(page, "**/mistatus-core-*.js*");
    }
    const attributes = 'data-token-url="/token"';
    await page.goto(
      host.page("<p>Old</p>", {
        head: `<script src="${host.url}/widget/legacy.js" data-server="${server.stream}" ${attributes}></script>`,
      }),
      { waitUntil: "domcontentloaded" },
    );
    await expect.poll(() => page.evaluate(() => Boolean(window.mistatus?.messenger))).toBe(isThere);
    const numbers = await page.evaluate(
      ([calls, nobody]) => {
        const messenger = new ActiveXObject("Messenger.UIAutomation");
        const numberOf = (call, who) => {
          try {
            messenger[call](who);
            return 0;
          } catch ({ number }) {
            return number;
          }
        };
        const contact = messenger.GetContact("erika@example.com", "");
        return {
          wrong: calls.flatMap((call) => nobody.map((who) => numberOf(call, who))),
          right: calls.flatMap((call) => ["sip:erika@example.com", contact].map((who) => numberOf(call, who))),
        };
      },
      [CALLS_ABOUT_PEOPLE, NOBODY],
    );
    expect(new Set(numbers.wrong)).toEqual(new Set([-2147024809]));
    expect(new Set(numbers.right)).toEqual(new Set([0]));
    expect(errors(said)).toEqual([]);
  });
}

for (const [what, answer] of [
  ["nobody is logged in", { status: 401 }],
  ["there is no token", { status: 500 }],
]) {
  test(`calls wait no longer when an attempt has failed, as where ${what}`, async ({ page, host, server, said }) => {
    const comes = await gate(page, "**/token");
    host.answer("token", () => answer);
    const head = `<script src="${host.url}/widget/legacy.js" data-server="${server.stream}" data-token-url="/token"></script>`;
    await page.goto(host.page("<p>Old</p>", { head }), { waitUntil: "domcontentloaded" });
    const call = "new ActiveXObject('Messenger.UIAutomation').InstantMessage('erika@example.com')";
    expect(await failing(page, `return ${call}`)).toEqual({ answer: "undefined" });
    comes();
    const waited = () => said.filter(({ type, text }) => type === "pageerror" && text.includes("8100031e"));
    await expect.poll(() => waited().length).toBe(1);
    expect(await failing(page, call)).toMatchObject({ isError: true, number: -2130705634 });
    expect(await failing(page, `${call.replace("'erika@example.com'", "''")}`)).toMatchObject({ number: -2147024809 });
    expect(waited()).toHaveLength(1);
  });
}

test("calls wait no longer when the widget's own script cannot be loaded", async ({ page, host, server, said }) => {
  await page.route("**/mistatus.js", (route) => route.abort());
  await openOldPage(page, host, server);
  const call = "new ActiveXObject('Messenger.UIAutomation').InstantMessage('erika@example.com')";
  await expect.poll(async () => (await failing(page, call)).number).toBe(-2130705634);
  expect(errors(said).filter(({ text }) => /mistatus\.js could not be loaded/.test(text))).toHaveLength(1);
});

test("XMLHTTP is the browser's own request, whatever it is called", async ({ page, host, server }) => {
  host.answer("echo", ({ method, headers }) => `${method} ${headers["x-old"]}`);
  await openOldPage(page, host, server);
  for (const progId of [
    "Microsoft.XMLHTTP",
    "microsoft.xmlhttp.1",
    "MSXML2.XMLHTTP",
    "Msxml2.XMLHTTP.6.0",
    "MSXML2.ServerXMLHTTP.3.0",
    "Msxml3.XMLHTTP",
  ]) {
    const answer = await page.evaluate(
      (name) =>
        new Promise((resolve) => {
          const request = new ActiveXObject(name);
          request.OnReadyStateChange = function () {
            if (request.ReadyState === 4) {
              const isReal = request instanceof XMLHttpRequest && this === request;
              resolve([isReal, request.Status, request.responsetext, request.responseText, "foo" in request]);
            }
          };
          request.Open("POST", "/echo", true);
          request.SetRequestHeader("X-Old", "yes");
          request.Send("text");
        }),
      progId,
    );
    expect(answer).toEqual([true, 200, "POST yes", "POST yes", false]);
  }
});

test("jQuery 1.12 sends what it would send without ActiveXObject, also PATCH", async ({ page, host, server }) => {
  const jquery = createRequire(import.meta.url).resolve("jquery/dist/jquery.min.js");
  host.file("jquery.js", await readFile(jquery, "utf8"));
  host.answer("echo", ({ method }) => method);
  await openOldPage(page, host, server, { head: '<script src="/jquery.js"></script>' });
  for (const method of ["GET", "POST", "PATCH"]) {
    expect(await page.evaluate((type) => window.jQuery.ajax({ url: "/echo", type }).then((text) => text), method)).toBe(
      method,
    );
  }
});

test("what is documented and not there fails as unknown members failed", async ({ page, host, server }) => {
  await openOldPage(page, host, server);
  await signedIn(page);
  // Not one of a contact's members, so that this stays true whatever the messenger learns.
  const failure = await failing(
    page,
    "const m = new ActiveXObject('Messenger.UIAutomation'); return m.GetContact('erika@example.com', m.MyServiceId).StartConversation(1)",
  );
  expect(failure).toMatchObject({ number: -2146827850 });
  expect(failure.message).toContain("Object doesn't support this property or method");
});

test("an object element answers however it got its classid, and forgets it as well", async ({
  page,
  host,
  server,
  said,
}) => {
  await openOldPage(page, host, server, {
    body: `<object id="markup" classid="${CLASS}">not installed</object><object id="other" data="about:blank" type="text/html"></object>`,
  });
  const answers = await page.evaluate((classId) => {
    const answersOf = (element) => [
      element.MYSERVICENAME,
      element.mycontacts.Count,
      element instanceof HTMLElement,
      element.tagName,
    ];
    const detached = document.createElement("object");
    detached.classid = classId.toUpperCase();
    const attribute = document.createElement("object");
    attribute.setAttribute("CLASSID", classId.toLowerCase());
    document.body.append(attribute);
    document.body.insertAdjacentHTML("beforeend", '<object id="byname" progid="Name.NameCtrl.1"></object>');
    const named = document.getElementById("byname");
    const all = [document.getElementById("markup"), detached, attribute].map(answersOf);
    named.own = 5;
    const other = document.getElementById("other");
    const result = [
      ...all,
      named.PRESENCEenabled,
      named.getstatus("x@example.com", 1),
      named.own,
      other.MyStatus,
      other.classid,
    ];
    detached.classid = "";
    return [
      ...result,
      detached.MyStatus,
      detached.object === undefined,
      document.getElementById("markup").object.MyServiceName,
    ];
  }, CLASS);
  const object = ["mistatus", 0, true, "OBJECT"];
  expect(answers).toEqual([object, object, object, true, 1, 5, undefined, "", undefined, true, "mistatus"]);
  await expect(page.getByText("not installed")).toBeHidden();
  expect(errors(said)).toEqual([]);
});

test("events of an element reach handlers, attached functions and listeners", async ({ page, host, server }) => {
  await openOldPage(page, host, server, {
    body: `<object id="MOC" classid="${CLASS}"></object>
      <script for="moc" event="OnMyStatusChange(hr, status)">window.wrong = true</script>
      <script for="MOC" event="OnMyStatusChange(hr, status)">window.heard.push(["script for", hr, status])</script>
      <script>function MOC::OnSignout() { window.heard.push(["double colon"]) }</script>`,
  });
  await page.evaluate(() => {
    window.heard = [];
  });
  await signedIn(page);
  await page.evaluate(() => {
    const element = document.getElementById("MOC");
    element.attachEvent("onMyStatusChange", (hr, status) => window.heard.push(["attached", hr, status]));
    element.addEventListener("OnMyStatusChange", ({ args }) => window.heard.push(["listener", ...args]));
    window.heard = [];
    element.MyStatus = 10;
  });
  await expect
    .poll(() => page.evaluate(() => window.heard))
    .toEqual([
      ["script for", 0, 10],
      ["attached", 0, 10],
      ["listener", 0, 10],
    ]);
  await page.evaluate(() => document.getElementById("MOC").Signout());
  await expect.poll(() => page.evaluate(() => window.heard.some(([what]) => what === "double colon"))).toBe(true);
  expect(await page.evaluate(() => window.wrong)).toBe(undefined);
});

test("a handler that throws keeps nobody else from hearing", async ({ page, host, server, said }) => {
  await openOldPage(page, host, server);
  await signedIn(page);
  await page.evaluate(() => {
    window.heard = [];
    const messenger = new ActiveXObject("Messenger.UIAutomation");
    messenger.OnMyStatusChange = () => {
      throw new Error("bad handler");
    };
    new ActiveXObject("Communicator.UIAutomation").OnMyStatusChange = (hr, status) => window.heard.push([hr, status]);
    messenger.MyStatus = 10;
  });
  await expect.poll(() => page.evaluate(() => window.heard)).toEqual([[0, 10]]);
  await expect.poll(() => errors(said).map(({ text }) => text)).toEqual(["bad handler"]);
});

test("pages for Messenger are told what it knew, pages for Communicator everything", async ({ page, host, server }) => {
  await openOldPage(page, host, server);
  await signedIn(page);
  await page.evaluate(() => {
    window.heard = {};
    for (const name of ["Messenger", "Communicator"]) {
      new ActiveXObject(`${name}.UIAutomation`).OnMyStatusChange = (_hr, status) => (window.heard[name] = status);
    }
    window.mistatus.messenger.MyStatus = 114;
  });
  await expect.poll(() => page.evaluate(() => window.heard)).toEqual({ Messenger: 10, Communicator: 114 });
  expect(
    await page.evaluate(() => [
      new ActiveXObject("Messenger.UIAutomation").MyStatus,
      new ActiveXObject("Communicator.UIAutomation").MyStatus,
    ]),
  ).toEqual([10, 114]);
});

test("a page that loads it twice is served by the first", async ({ page, host, server, said }) => {
  await openOldPage(page, host, server, { head: tag(host, server, { name: "other@example.com" }) });
  await signedIn(page);
  expect(await page.evaluate(() => new ActiveXObject("Messenger.UIAutomation").MySigninName)).toBe("franz@example.com");
  expect(said.filter(({ type }) => type !== "log" && type !== "info")).toEqual([]);
});

test("the widget's own tag may stand anywhere, and serves old and new scripts alike", async ({
  page,
  host,
  server,
  said,
}) => {
  const bare = `<script src="${host.url}/widget/legacy.js"></script>`;
  const widget = `<script src="${host.url}/widget/mistatus.js" data-server="${server.stream}" data-signin-name="franz@example.com"></script>`;
  host.file("favicon.ico", "");
  for (const [head, body] of [
    [widget + bare, ""],
    [bare, widget],
  ]) {
    await page.goto(host.page(`<p>Both</p>${body}`, { head }));
    await expect.poll(() => page.evaluate(() => new ActiveXObject("Messenger.UIAutomation").MyStatus)).toBe(2);
    expect(await page.evaluate(() => document.querySelectorAll("script[src*='mistatus.js']").length)).toBe(1);
  }
  expect(said.filter(({ type }) => type !== "log" && type !== "info")).toEqual([]);
});

test("the widget's own tag is waited for where it is async", async ({ page, host, server, said }) => {
  const bare = `<script src="${host.url}/widget/legacy.js"></script>`;
  const widget = `<script async src="${host.url}/widget/mistatus.js" data-server="${server.stream}" data-signin-name="franz@example.com"></script>`;
  host.file("favicon.ico", "");
  for (const head of [widget + bare, bare + widget]) {
    const comes = await gate(page, "**/mistatus.js");
    await page.goto(host.page("<p>Both</p>", { head }), { waitUntil: "domcontentloaded" });
    expect(
      await page.evaluate(() => [typeof window.mistatus, new ActiveXObject("Messenger.UIAutomation").MyStatus]),
    ).toEqual(["undefined", 1]);
    comes();
    await expect.poll(() => page.evaluate(() => new ActiveXObject("Messenger.UIAutomation").MyStatus)).toBe(2);
    expect(await page.evaluate(() => new ActiveXObject("Messenger.UIAutomation").MySigninName)).toBe(
      "franz@example.com",
    );
    expect(await page.evaluate(() => document.querySelectorAll("script[src*='mistatus.js']").length)).toBe(1);
  }
  expect(said.filter(({ type }) => type !== "log" && type !== "info")).toEqual([]);
});
