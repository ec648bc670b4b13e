// The scriptable API on a page: names, arguments, results, errors and order as documented.

import { HRESULT, MISTATUS } from "../../www/js/automation/constants.js";
import { expect, test } from "./support/test.js";

test.beforeEach(async ({ page, host, server }) => {
  const head = `<script src="${server.url}/mistatus.js" data-signin-name="Franz@example.com" data-friendly-name="Franz"></script>`;
  await page.goto(host.page("<p>API</p>", { head }));
  await page.evaluate(() => window.mistatus.ready);
});

test("the root object answers about the user", async ({ page }) => {
  const answers = await page.evaluate(async () => {
    const messenger = await window.mistatus.ready;
    return {
      status: messenger.MyStatus,
      asked: await messenger.queryMyStatus(),
      signin: messenger.MySigninName,
      friendly: messenger.MyFriendlyName,
      service: messenger.MyServiceId.length,
      same: messenger === window.mistatus.messenger,
    };
  });
  expect(answers).toEqual({
    status: 2,
    asked: 2,
    signin: "Franz@example.com",
    friendly: "Franz",
    service: 38,
    same: true,
  });
});

test("the script tag has every constant, though the build packs them", async ({ page }) => {
  const shipped = await page.evaluate(() => {
    const { HRESULT, MISTATUS } = window.mistatus;
    const numbers = Object.fromEntries(Object.entries(MISTATUS).filter(([, value]) => typeof value === "number"));
    return { codes: Object.entries(HRESULT), numbers, frozen: [HRESULT, MISTATUS].every(Object.isFrozen) };
  });
  expect(shipped.codes).toEqual(Object.entries(HRESULT));
  expect(shipped.numbers).toEqual(
    Object.fromEntries(Object.entries(MISTATUS).filter(([, value]) => typeof value === "number")),
  );
  expect(shipped.frozen).toBe(true);
});

test("a contact is one object a person, and says who they are", async ({ page }) => {
  const answers = await page.evaluate(async () => {
    const messenger = await window.mistatus.ready;
    const contact = messenger.GetContact("Nobody@Example.com", messenger.MyServiceId);
    const self = messenger.GetContact("franz@example.com", messenger.MyServiceId);
    return {
      same: contact === messenger.GetContact("nobody@example.com", messenger.MyServiceId),
      signin: contact.SigninName,
      friendly: contact.FriendlyName,
      known: typeof contact.Status,
      isSelf: [contact.IsSelf, self.IsSelf],
    };
  });
  expect(answers).toEqual({
    same: true,
    signin: "Nobody@Example.com",
    friendly: "Nobody@Example.com",
    known: "number",
    isSelf: [false, true],
  });
});

test("the contact list grows and shrinks with events, in a later task", async ({ page }) => {
  const answers = await page.evaluate(async () => {
    const messenger = await window.mistatus.ready;
    const next = (name) => new Promise((resolve) => messenger.addEventListener(name, resolve, { once: true }));
    const before = messenger.MyContacts.Count;
    const added = next("OnContactListAdd");
    messenger.AddContact(0, "gustav@example.com");
    const countInCall = messenger.MyContacts.Count;
    const event = await added;
    const contact = messenger.MyContacts.Item(messenger.MyContacts.Count - 1);
    const removed = next("ContactListRemove");
    messenger.MyContacts.Remove(contact);
    const gone = await removed;
    return {
      grew: messenger.MyContacts.Count - before,
      unchangedInCall: countInCall === before,
      args: event.args.length,
      hr: [event.hr, gone.hr],
      sameObject: event.contact === contact && gone.contact === contact,
      listed: [...messenger.MyContacts].includes(contact),
    };
  });
  expect(answers).toEqual({
    grew: 0,
    unchangedInCall: true,
    args: 2,
    hr: [0, 0],
    sameObject: true,
    listed: false,
  });
});

test("failures are errors with the number in three spellings", async ({ page }) => {
  const failures = await page.evaluate(async () => {
    const messenger = await window.mistatus.ready;
    const caught = [];
    const attempt = async (act) => {
      try {
        await act();
        caught.push("nothing");
      } catch (error) {
        caught.push([error instanceof Error, error.name, error.code, error.number, error.hresult]);
      }
    };
    await attempt(() => {
      messenger.MyStatus = 18;
    });
    await attempt(() => messenger.setMyStatus(3));
    await attempt(() => messenger.GetContact(" x@example.com", messenger.MyServiceId));
    await attempt(() => messenger.GetContact("stranger@example.com", ""));
    await attempt(() => messenger.MyContacts.Item(-1));
    await attempt(() => messenger.MyContacts.Item(99_999));
    await attempt(() => window.mistatus.connect({ server: "ftp://example.com" }));
    return caught;
  });
  const invalid = [true, "MessengerError", "E_INVALIDARG", -2147024809, "0x80070057"];
  expect(failures).toEqual([
    invalid,
    invalid,
    invalid,
    [true, "MessengerError", "MSGR_E_USER_NOT_FOUND", -2130705654, "0x8100030A"],
    invalid,
    [true, "MessengerError", "E_FAIL", -2147467259, "0x80004005"],
    invalid,
  ]);
});

test("a handler that throws stops no other", async ({ page }) => {
  const heard = await page.evaluate(async () => {
    const messenger = await window.mistatus.ready;
    const reported = [];
    window.addEventListener("error", (event) => {
      reported.push(event.message);
      event.preventDefault();
    });
    messenger.OnMyStatusChange = () => {
      throw new Error("first");
    };
    messenger.addEventListener("MyStatusChange", () => {
      throw new Error("second");
    });
    const last = new Promise((resolve) =>
      messenger.addEventListener("OnMyStatusChange", (event) => resolve(event.args)),
    );
    messenger.MyStatus = 10;
    return { args: await last, reported };
  });
  expect(heard.args).toEqual([0, 10]);
  expect(heard.reported.join()).toMatch(/first.*second/);
});

test("signing out is told in order, and then nobody is there", async ({ page }) => {
  const heard = await page.evaluate(async () => {
    const messenger = await window.mistatus.ready;
    const events = [];
    messenger.addEventListener("OnMyStatusChange", ({ hr, status }) => events.push(["MyStatusChange", hr, status]));
    messenger.OnSignout = () => events.push(["Signout"]);
    messenger.Signout();
    while (events.at(-1)?.[2] !== 1) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const contact = messenger.GetContact("bob@example.com", messenger.MyServiceId);
    let code;
    try {
      messenger.MyStatus = 10;
    } catch (error) {
      code = error.code;
    }
    return { events, contact, count: messenger.MyContacts.Count, code };
  });
  expect(heard).toEqual({
    events: [["MyStatusChange", 0, 1024], ["Signout"], ["MyStatusChange", 0, 1]],
    contact: null,
    count: 0,
    code: "MSGR_E_NOT_LOGGED_ON",
  });
});

test("a handler may sign out, sign in, and call anything, inside an event", async ({ page }) => {
  const told = await page.evaluate(async () => {
    const messenger = await window.mistatus.ready;
    const told = [];
    const codes = [];
    const attempt = (act) => {
      try {
        act();
      } catch (error) {
        codes.push(error.code);
      }
    };
    messenger.OnContactListAdd = (_hr, contact) => {
      told.push(["ContactListAdd", contact.SigninName]);
      messenger.Signout();
      attempt(() => messenger.Signout());
      attempt(() => messenger.AddContact(0, "late@example.com"));
    };
    messenger.addEventListener("ContactListAdd", ({ args }) => told.push(["heard too", args[0]]));
    messenger.addEventListener("OnMyStatusChange", ({ status }) => told.push(["MyStatusChange", status]));
    messenger.OnSignout = () => {
      told.push(["Signout"]);
      attempt(() => messenger.InstantMessage("gustav@example.com"));
    };
    const closed = new Promise((resolve) => {
      messenger.OnSignin = () => {
        told.push(["Signin"]);
        messenger.addEventListener("AppShutdown", resolve, { once: true });
        messenger.close();
        attempt(() => messenger.MyStatus);
      };
    });
    messenger.AddContact(0, "gustav@example.com");
    while (!told.some(([, status]) => status === 1)) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    messenger.AutoSignin();
    await closed;
    return { told, codes };
  });
  expect(told.told).toEqual([
    ["ContactListAdd", "gustav@example.com"],
    ["heard too", 0],
    ["MyStatusChange", 1024],
    ["Signout"],
    ["MyStatusChange", 1],
    ["MyStatusChange", 256],
    ["MyStatusChange", 512],
    ["Signin"],
  ]);
  expect(told.codes).toEqual(["MSGR_E_NOT_LOGGED_ON", "MSGR_E_NOT_LOGGED_ON", "MSGR_E_NOT_LOGGED_ON", "E_FAIL"]);
});

test("an old page's way of reading: the event has the status before, the object the present one", async ({ page }) => {
  const heard = await page.evaluate(async () => {
    const { connect, ready } = window.mistatus;
    const messenger = await ready;
    const server = new URL("/stream", document.querySelector("script[src]").src).href;
    const other = await connect({ server, signinName: "hanna@example.com" });
    const added = new Promise((resolve) => (messenger.OnContactListAdd = resolve));
    messenger.AddContact(0, "hanna@example.com");
    await added;
    const changed = new Promise((resolve) => {
      messenger.OnContactStatusChange = (contact, status) => resolve([contact.SigninName, status, contact.Status]);
    });
    other.MyStatus = 10;
    return changed;
  });
  expect(heard).toEqual(["hanna@example.com", 2, 10]);
});
