// A case for each member of the table. `touch` and `put` are what is tried at each level of trust, without effect where
// that can be; `works` tries what the member is for and throws, or returns what is wrong; `errors` provokes each
// documented code, or says why nothing can. `fires` brings an event about and waits until the owner has heard it;
// `fresh` has it do so with a messenger of its own. `elsewhere` says which other test has the member.

import { FRIEND, ME } from "./world.js";

const LONG = "x".repeat(130);
const GUID = "{00000000-0000-0000-0000-000000000000}";
const NON_SCRIPT = "raised for callers that are no scripts";
const SERVER = "the server's own trouble, which no page can bring about";
const SUPPRESSED = "never raised for scripts (§1.3): the value is cleared instead";
const OWN_PANEL = "the panel is the page's own";

const same = (is, wanted, what = "") => {
  if (JSON.stringify(is) !== JSON.stringify(wanted)) {
    throw new Error(`${what} ${JSON.stringify(is)}, ${JSON.stringify(wanted)} was expected`);
  }
};
const throws = (w, act, code) => same(w.answer(w.m, act), code, String(act));

/** Every vContact that is none. */
const noContacts = (call) =>
  [null, undefined, "", 5, {}, " a@example.com", LONG, "a\nb", "a\rb"]
    .map((bad) => (w) => call(w, bad))
    .concat(
      (w) => call(w, w.friend.GetContact(ME, w.friend.MyServiceId)),
      (w) => call(w, w.outObjects.contact),
    );

/** An attempt through another root object than the owner's. */
const through = (root, act) => ({ root, act });
const signedOut = (call) => through("out", call);
const closed = (call) => (w) => call(w.closed);
const notImplemented = (touch) => ({ touch });

const signinEvents = {
  MSGR_E_INVALID_SERVER_NAME: "a browser does not say why it could not connect",
  MSGR_E_CONNECT: "provoked in tests/e2e: a server that is not there",
  MSGR_E_CANCEL: "tested in crates/core, in virtual time",
  MSGR_E_LOGON_TIMEOUT: "tested in crates/core, in virtual time",
  MSGR_E_SERVER_VERSION: "tested in crates/core, with a server of another version",
  MSGR_E_INVALID_PASSWORD: "provoked in tests/e2e/token.spec.js",
  MSGR_E_UNEXPECTED: SERVER,
  MSGR_E_SERVER_TOO_BUSY: SERVER,
  MSGR_E_SERVER_UNAVAILABLE: SERVER,
};
const serverTrouble = { MSGR_E_UNEXPECTED: SERVER, MSGR_E_SERVER_TOO_BUSY: SERVER, MSGR_E_SERVER_UNAVAILABLE: SERVER };

const collection = (name, at) => ({
  [`${name}.Count`]: { works: (w) => same(at(w.m).Count, [...at(w.m)].length) },
  [`${name}.Item`]: {
    touch: (object) => object.Item(0),
    works: (w) => same(at(w.m).Item(0) === at(w.m).Item(0), true),
    errors: {
      E_FAIL: [(w) => at(w.m).Item(at(w.m).Count), (w) => at(w.m).Item(99_999)],
      E_INVALIDARG: [-1, 0.5, Number.NaN, "0", undefined, null].map((bad) => (w) => at(w.m).Item(bad)),
    },
  },
  [`${name}._NewEnum`]: {
    works: (w) => {
      const all = [...at(w.m)._NewEnum];
      same(all.length, at(w.m).Count);
      same(
        all.every((one, index) => one === at(w.m).Item(index)),
        true,
      );
      same(
        [...at(w.page)._NewEnum].every((one, index) => one === at(w.page).Item(index)),
        true,
      );
    },
  },
});

const edge = (name, least) => ({
  touch: (window) => window[name],
  put: (window) => {
    window[name] = 300;
  },
  works: (w) => {
    const window = w.conversation;
    window[name] = 200;
    same(window[name], 200, name);
    window[name] = 100_000;
    same(window[name] <= Math.max(innerWidth, innerHeight), true, "kept in the viewport");
    // Leaves the others room.
    window[name] = 200;
    const { Window } = w.m;
    Window.Show();
    same(Window[name] >= 0, true, "of the main window");
    Window.Close();
    same(Window[name], least ? 0 : -32_000, "of nothing to be seen");
  },
  errors: {
    E_FAIL: [(w) => w.dead[name], (w) => w.outObjects.window[name]],
    E_NOTIMPL: through("page", (w) => w.page.InstantMessage(FRIEND)[name]),
    ...(least && {
      E_INVALIDARG: [0, -5, "wide", Number.NaN, undefined].map((bad) => (w) => {
        w.conversation[name] = bad;
      }),
    }),
  },
});

const nameControl = (file, names) =>
  Object.fromEntries(names.map((name) => [`Name.NameCtrl.${name}`, { elsewhere: `tests/e2e/legacy/${file}.spec.js` }]));

export const cases = {
  "IMessenger.AddContact": {
    touch: (root, _, w) => w.answering(w.m, "add-contact-request", () => root.AddContact(0, "")),
    works: async (w) => {
      const name = w.name();
      const [hr, contact] = await w.event(w.m, "ContactListAdd", () => w.m.AddContact(0, name));
      same([hr, contact.SigninName], [0, name]);
    },
    errors: {
      E_INVALIDARG: [" a@example.com", LONG, "a\nb", "a\rb", 5].map((bad) => (w) => w.m.AddContact(0, bad)),
      S_FALSE: "tested with the contact list, whose panel it is",
      E_FAIL: (w) => w.closed.m.AddContact(0, "a@example.com"),
      MSGR_E_NOT_LOGGED_ON: signedOut((w) => w.out.AddContact(0, "a@example.com")),
    },
  },
  "IMessenger.AutoSignin": {
    touch: (root) => root.AutoSignin(),
    works: async (w) => {
      const messenger = await w.connect(w.name());
      await w.event(messenger, "Signout", () => messenger.Signout());
      const heard = [];
      messenger.addEventListener("OnSignin", ({ hr }) => heard.push(["Signin", hr]));
      const online = new Promise((resolve) => {
        messenger.OnMyStatusChange = (hr, status) => {
          heard.push([hr, status]);
          status === 2 && resolve();
        };
      });
      messenger.AutoSignin();
      same(heard, [], "nothing is told inside the call");
      await online;
      same(
        heard.filter(([, status]) => status !== 1),
        [
          [0, 256],
          [0, 512],
          ["Signin", 0],
          [0, 768],
          [0, 2],
        ],
      );
      messenger.close();
    },
    errors: {
      S_FALSE: [(w) => w.m.AutoSignin(), through("page", (w) => w.page.AutoSignin())],
      MSGR_E_ALREADY_LOGGED_ON: NON_SCRIPT,
      E_FAIL: closed(({ m }) => m.AutoSignin()),
    },
  },
  "IMessenger.FindContact": {
    touch: (root, _, w) => w.answering(w.m, "find-contact-request", () => root.FindContact(0, "Ada", "Lovelace")),
    works: (w) => {
      throws(w, () => w.m.FindContact(0, "Ada", "Lovelace"), "E_NOTIMPL");
      const [asked] = w.answering(w.m, "find-contact-request", () => w.m.FindContact(0, "Ada", "Lovelace", "London"));
      same(asked, { firstName: "Ada", lastName: "Lovelace", city: "London", state: "", country: "" });
    },
    errors: {
      E_INVALIDARG: [
        [null, "b"],
        ["a", ""],
        ["a".repeat(64), "b"],
        ["a", "b", "c".repeat(64)],
        ["a", "b", "", "s".repeat(64)],
        ["a", "b", "", "", "a\nb"],
        ["a", "b", "", "", "Österreich"],
      ].map((bad) => (w) => w.m.FindContact(0, ...bad)),
      S_FALSE: OWN_PANEL,
      E_FAIL: closed(({ m }) => m.FindContact(0, "a", "b")),
      MSGR_E_NOT_LOGGED_ON: signedOut((w) => w.out.FindContact(0, "a", "b")),
    },
  },
  "IMessenger.GetContact": {
    touch: (root) => root.GetContact(FRIEND, ""),
    works: (w) => {
      same(w.m.GetContact(FRIEND.toUpperCase(), "") === w.bob, true, "one object a person");
      same(w.m.GetContact(w.name(), w.m.MyServiceId).Status, 0);
      same(w.out.GetContact(FRIEND, w.out.MyServiceId), null, "signed out");
      same(w.page.GetContact(FRIEND, "") === w.page.MyContacts.Item([...w.m.MyContacts].indexOf(w.bob)), true);
    },
    errors: {
      E_INVALIDARG: [
        [LONG, ""],
        ["a b", ""],
        ["a\rb", ""],
        ["a\nb", ""],
        ["a", "x".repeat(39)],
        ["a", "a b"],
        ["a", 5],
      ].map((bad) => (w) => w.m.GetContact(...bad)),
      MSGR_E_USER_NOT_FOUND: (w) => w.m.GetContact(w.name(), ""),
      MSGR_E_NOT_LOGGED_ON: SUPPRESSED,
      E_FAIL: [null, undefined, ""].map((bad) => (w) => w.m.GetContact(bad, "")),
    },
  },
  "IMessenger.InstantMessage": {
    touch: (root) => root.InstantMessage(FRIEND),
    works: async (w) => {
      const name = w.name();
      let window;
      const created = w.event(w.m, "IMWindowCreated", () => {
        window = w.m.InstantMessage(name);
        return window;
      });
      same(w.m.InstantMessage(w.m.GetContact(name, w.m.MyServiceId)) === window, true, "the same window");
      same((await created)[0] === window, true, "the event has the same object");
      same(w.m.InstantMessage(w.name()) === window, false, "another person, another window");
    },
    errors: {
      E_INVALIDARG: noContacts((w, bad) => w.m.InstantMessage(bad)),
      E_FAIL: [(w) => w.m.InstantMessage(ME), (w) => w.m.InstantMessage(ME.toUpperCase())],
      S_FALSE: (w) => w.unfocused(() => w.m.InstantMessage(FRIEND)),
      MSGR_E_NOT_LOGGED_ON: [
        signedOut((w) => w.out.InstantMessage(FRIEND)),
        signedOut((w) => w.out.InstantMessage("guest@example.com")),
      ],
    },
  },
  "IMessenger.InviteApp": notImplemented((root) => root.InviteApp(FRIEND, GUID)),
  "IMessenger.MediaWizard": notImplemented((root) => root.MediaWizard(0)),
  "IMessenger.OpenInbox": notImplemented((root) => root.OpenInbox()),
  "IMessenger.OptionsPages": {
    touch: (root) => root.OptionsPages(0, 0),
    works: (w) => {
      same(
        w.answering(w.m, "options-request", () => w.m.OptionsPages(0, 5)),
        [{ page: 5 }],
      );
    },
    errors: { S_FALSE: OWN_PANEL, E_FAIL: (w) => w.m.OptionsPages(0, 0) },
  },
  "IMessenger.Page": notImplemented((root) => root.Page(FRIEND)),
  "IMessenger.Phone": {
    touch: (root) => root.Phone(FRIEND, 0, ""),
    works: (w) => throws(w, () => w.m.Phone(FRIEND, 1, "+49 30 1234"), "MSGR_E_PHONESERVICE_UNAVAILABLE"),
    errors: {
      E_INVALIDARG: [
        ...noContacts((w, bad) => w.m.Phone(bad, 0, "")),
        (w) => w.m.Phone(FRIEND, 4, ""),
        (w) => w.m.Phone(FRIEND, -2, ""),
        (w) => w.m.Phone(FRIEND, undefined, ""),
        (w) => w.m.Phone(FRIEND, 0, "1".repeat(257)),
      ],
      MSGR_E_NOT_LOGGED_ON: signedOut((w) => w.out.Phone(FRIEND, 0, "")),
      S_FALSE: "no dialog opens",
      MSGR_E_PHONESERVICE_UNAVAILABLE: (w) => w.m.Phone(FRIEND, -1, null),
      MSGR_E_PHONE_INVALID_NUMBER: "there is no telephone service at all",
      MSGR_E_POLICY_RESTRICTED: "there is no telephone service at all",
      E_FAIL: (w) => w.m.Phone(ME, 0, ""),
    },
  },
  "IMessenger.SendFile": {
    // With oneself, so that the answer tells whether the call was let through.
    touch: (root) => root.SendFile(ME, ""),
    works: (w) => throws(w, () => w.m.SendFile(FRIEND, "C:\\notes.txt"), "E_NOTIMPL"),
    errors: {
      E_INVALIDARG: [
        ...noContacts((w, bad) => w.m.SendFile(bad, "")),
        (w) => w.m.SendFile(FRIEND, "f".repeat(261)),
        (w) => w.m.SendFile(FRIEND, "a\nb"),
      ],
      MSGR_E_NOT_LOGGED_ON: signedOut((w) => w.out.SendFile(FRIEND, "")),
      E_FAIL: (w) => w.m.SendFile(ME, ""),
    },
  },
  "IMessenger.SendMail": {
    touch: (root, _, w) => w.clicked(false, () => root.SendMail(FRIEND)),
    works: (w) => {
      same(
        w.clicked(true, () => w.m.SendMail("o'neil+x@example.com")),
        ["mailto:o'neil%2Bx@example.com"],
      );
      same(
        w.clicked(false, () => w.m.SendMail(FRIEND)),
        [],
        "nothing without a gesture",
      );
      same(w.m.lastHResult, 1);
    },
    errors: {
      E_INVALIDARG: noContacts((w, bad) => w.m.SendMail(bad)),
      MSGR_E_NOT_LOGGED_ON: signedOut((w) => w.out.SendMail(FRIEND)),
    },
  },
  "IMessenger.Signin": {
    touch: (root) => root.Signin(0, "", ""),
    works: (w) => {
      const asked = w.answering(w.out, "signin-request", () => w.out.Signin(0, "somebody", "a password"));
      same([asked.length, w.out.MyStatus], [1, 1], "asks the page, and signs in by no means itself");
    },
    errors: {
      S_FALSE: [(w) => w.m.Signin(0, "", ""), through("page", (w) => w.page.Signin(0, LONG, LONG))],
      E_INVALIDARG: "never from scripts: the strings are ignored",
      E_FAIL: signedOut((w) => w.out.Signin(0, "", "")),
      MSGR_E_ALREADY_LOGGED_ON: NON_SCRIPT,
    },
  },
  "IMessenger.Signout": {
    // The level that may would sign out: what is closed answers the same as what is let through.
    touch: (_, root, w) => w.closedAt(root).Signout(),
    works: async (w) => {
      const messenger = await w.connect(w.name());
      const heard = [];
      messenger.OnMyStatusChange = (hr, status) => heard.push([hr, status]);
      messenger.OnSignout = () => heard.push("Signout");
      messenger.OnIMWindowDestroyed = () => heard.push("IMWindowDestroyed");
      messenger.InstantMessage(FRIEND);
      messenger.InstantMessage(w.name());
      messenger.Signout();
      await w.event(messenger, "Signout");
      while (heard.at(-1)?.[1] !== 1) {
        await w.event(messenger, "MyStatusChange");
      }
      same(heard, [[0, 1024], "IMWindowDestroyed", "IMWindowDestroyed", "Signout", [0, 1]]);
      messenger.close();
    },
    errors: {
      E_FAIL: closed(({ m }) => m.Signout()),
      MSGR_E_NOT_LOGGED_ON: signedOut((w) => w.out.Signout()),
    },
  },
  "IMessenger.StartVoice": notImplemented((root) => root.StartVoice(FRIEND)),
  "IMessenger.ViewProfile": notImplemented((root) => root.ViewProfile(FRIEND)),
  "IMessenger.MyContacts": {
    works: (w) => {
      same(w.m.MyContacts === w.m.MyContacts, true, "one object");
      same([...w.m.MyContacts].includes(w.bob), true);
      same([w.out.MyContacts.Count, [...w.out.MyContacts]], [0, []], "signed out");
    },
    errors: { E_FAIL: closed(({ m }) => m.MyContacts) },
  },
  "IMessenger.MyFriendlyName": {
    works: (w) => same([w.m.MyFriendlyName, w.out.MyFriendlyName], ["Ada", ""]),
    errors: { E_FAIL: closed(({ m }) => m.MyFriendlyName) },
  },
  "IMessenger.MyPhoneNumber": notImplemented((root) => root.MyPhoneNumber(0)),
  "IMessenger.MyProperty": {
    touch: (root) => root.MyProperty(0),
    put: (root) => root.setMyProperty(0, 1),
    works: (w) => throws(w, () => w.m.MyProperty(0), "E_INVALIDARG"),
    errors: { E_INVALIDARG: [(w) => w.m.MyProperty(1), (w) => w.m.setMyProperty(0, "x")] },
  },
  "IMessenger.MyServiceId": {
    works: (w) =>
      same(
        [w.m.MyServiceId.length, /^\{[0-9A-F-]{36}\}$/.test(w.m.MyServiceId), w.out.MyServiceId],
        [38, true, w.m.MyServiceId],
      ),
    errors: { E_FAIL: closed(({ m }) => m.MyServiceId) },
  },
  "IMessenger.MyServiceName": {
    works: (w) => same([w.m.MyServiceName, w.out.MyServiceName], ["mistatus", "mistatus"]),
  },
  "IMessenger.MySigninName": {
    works: (w) => same(w.m.MySigninName, ME),
    errors: {
      E_FAIL: closed(({ m }) => m.MySigninName),
      MSGR_E_NOT_LOGGED_ON: signedOut((w) => w.out.MySigninName),
    },
  },
  "IMessenger.MyStatus": {
    put: (root) => {
      root.MyStatus = 5;
    },
    works: async (w) => {
      const [hr, status] = await w.event(w.m, "MyStatusChange", () => {
        w.m.MyStatus = 10;
        same(w.m.MyStatus, 2, "not before the server's word");
      });
      same([hr, status, w.m.MyStatus, w.out.MyStatus], [0, 10, 10, 1]);
      const again = await w.event(w.m, "MyStatusChange", () => {
        w.m.MyStatus = 10;
      });
      same(again, [0, 10], "told also when it is what it was");
      await w.event(w.m, "MyStatusChange", () => {
        w.m.MyStatus = 2;
      });
    },
  },
  "IMessenger.ReceiveFileDirectory": notImplemented((root) => root.ReceiveFileDirectory),
  "IMessenger.Services": {
    works: (w) => same([w.m.Services === w.m.Services, w.m.Services.Count, w.out.Services.Count], [true, 1, 1]),
  },
  "IMessenger.UnreadEmailCount": {
    touch: (root) => root.UnreadEmailCount(0),
    works: (w) => same([w.m.UnreadEmailCount(0), w.out.UnreadEmailCount(0)], [-1, undefined]),
    errors: {
      S_FALSE: [(w) => w.m.UnreadEmailCount(0), signedOut((w) => w.out.UnreadEmailCount(0))],
      E_FAIL: [(w) => w.m.UnreadEmailCount(1), (w) => w.m.UnreadEmailCount()],
      MSGR_E_NOT_LOGGED_ON: SUPPRESSED,
    },
  },
  "IMessenger.Window": {
    works: (w) => same(w.m.Window === w.m.Window, true),
    errors: {
      E_INVALIDARG: "answered as E_FAIL, which the same page lists for the same",
      E_FAIL: closed(({ m }) => m.Window),
    },
  },

  "IMessenger2.CreateGroup": {
    touch: (root) => root.CreateGroup(" ", ""),
    works: async (w) => {
      const name = `Gruppe 👩🏽‍🚀 ${w.name()}`;
      let group;
      const [hr, told] = await w.event(w.m, "GroupAdded", () => {
        group = w.m.CreateGroup(`  ${name} `, w.m.Services.PrimaryService);
        same([group.Name, [...w.m.MyGroups].includes(group)], [name, false], "at once, but not yet on the list");
      });
      same([hr, told === group, group.Name, [...w.m.MyGroups].includes(group)], [0, true, name, true]);
    },
    errors: {
      MSGR_E_GROUPS_NOT_ENABLED: (w) => w.m.CreateGroup("Team", GUID),
      MSGR_E_GROUP_NAME_TOO_LONG: (w) => w.m.CreateGroup("g".repeat(65), w.m.MyServiceId),
      MSGR_E_BAD_GROUP_NAME: ["a\tb", "a\nb", "a\rb", "a\u0007b"].map(
        (bad) => (w) => w.m.CreateGroup(bad, w.m.MyServiceId),
      ),
      E_INVALIDARG: [
        (w) => w.m.CreateGroup("", w.m.MyServiceId),
        (w) => w.m.CreateGroup("   ", w.m.MyServiceId),
        (w) => w.m.CreateGroup(5, w.m.MyServiceId),
        ...[null, "", "x".repeat(39), "a\nb", 5, {}].map((bad) => (w) => w.m.CreateGroup("Team", bad)),
      ],
      E_POINTER: [(w) => w.m.CreateGroup(null, w.m.MyServiceId), (w) => w.m.CreateGroup()],
      MSGR_E_NOT_LOGGED_ON: signedOut((w) => w.out.CreateGroup("Team", w.out.MyServiceId)),
    },
  },
  "IMessenger2.StartVideo": notImplemented((root) => root.StartVideo(FRIEND)),
  "IMessenger2.ContactsSortOrder": {
    put: (root) => {
      root.ContactsSortOrder = 0;
    },
    works: (w) => {
      w.m.ContactsSortOrder = 1;
      same([w.m.ContactsSortOrder, w.page.ContactsSortOrder], [1, 1]);
      w.m.ContactsSortOrder = 0;
    },
    errors: {
      E_INVALIDARG: [2, -1, "0", null].map((bad) => (w) => {
        w.m.ContactsSortOrder = bad;
      }),
      E_FAIL: closed(({ m }) => m.ContactsSortOrder),
      MSGR_E_NOT_LOGGED_ON: signedOut((w) => w.out.ContactsSortOrder),
      MSGR_E_GROUPS_NOT_ENABLED: "the service has groups",
    },
  },
  "IMessenger2.MyGroups": {
    works: (w) => same([w.m.MyGroups === w.m.MyGroups, w.m.MyGroups.Count > 0, w.out.MyGroups.Count], [true, true, 0]),
    errors: { MSGR_E_GROUPS_NOT_ENABLED: "the service has groups" },
  },
  "IMessenger3.Property": {
    touch: (root) => root.Property(0),
    put: (root) => root.setProperty(0, "1"),
    works: (w) => same([w.m.Property(0), w.m.Property(1)], [window.mistatus.version, 0x409]),
    errors: {
      E_INVALIDARG: [
        (w) => w.m.Property(2),
        (w) => w.m.Property(-1),
        (w) => w.m.Property(),
        (w) => w.m.setProperty(0, "1"),
      ],
    },
  },
  "IMessengerAdvanced.StartConversation": {
    touch: (root) => root.StartConversation(1, [FRIEND]),
    works: (w) => {
      same(w.m.StartConversation(1, [`sip:${FRIEND}`, 7, null]), w.conversation.handle, "its number");
      throws(w, () => w.m.StartConversation(1, [w.bob, w.name()]), "MSGR_E_SESSION_FULL");
      throws(w, () => w.m.StartConversation(8, [FRIEND]), "MSGR_E_POLICY_RESTRICTED");
      throws(w, () => w.m.StartConversation(3, [FRIEND]), "E_INVALIDARG");
      throws(w, () => w.m.StartConversation(1, FRIEND), "E_INVALIDARG");
      throws(w, () => w.m.StartConversation(1, [ME]), "E_FAIL");
      throws(w, () => w.out.StartConversation(1, [FRIEND]), "MSGR_E_NOT_LOGGED_ON");
      same([w.m.StartConversation(1, []), w.m.Window.IsClosed], [0, false], "nobody named: the list is shown");
    },
  },
  "IMessengerAdvanced.GetAuthenticationInfo": notImplemented((root) => root.GetAuthenticationInfo()),
  "IMessengerContactResolution.ResolveContact": {
    touch: (root) => root.ResolveContact(1, 1, FRIEND),
    works: (w) => {
      same(w.m.ResolveContact(1, 1, FRIEND.toUpperCase()), FRIEND);
      same([w.m.ResolveContact(1, 1, w.name()), w.m.lastHResult], ["", 1], "not known here");
    },
    errors: {
      E_INVALIDARG: [null, undefined, "", 5, LONG]
        .map((bad) => (w) => w.m.ResolveContact(1, 2, bad))
        .concat((w) => w.m.ResolveContact(4, 1, FRIEND)),
      E_NOTIMPL: [(w) => w.m.ResolveContact(2, 1, "Bob"), (w) => w.m.ResolveContact(3, 2, "bob")],
    },
  },

  "IMessengerContact.Blocked": {
    put: (contact) => {
      contact.Blocked = false;
    },
    works: async (w) => {
      const contact = w.m.GetContact(w.name(), w.m.MyServiceId);
      const told = await w.event(w.m, "ContactBlockChange", () => {
        contact.Blocked = true;
        same(contact.Blocked, false, "not before the server's word");
      });
      same([told[0], told[1] === contact, told[2], contact.Blocked], [0, true, true, true]);
      await w.event(w.m, "ContactBlockChange", () => {
        contact.Blocked = 0;
      });
      same([contact.Blocked, w.outObjects.contact.Blocked], [false, false]);
    },
    errors: {
      S_FALSE: (w) => {
        w.bob.Blocked = false;
      },
      E_FAIL: (w) => {
        w.outObjects.contact.Blocked = true;
      },
      DISP_E_BADVARTYPE: ["yes", null, undefined, 2, {}].map((bad) => (w) => {
        w.bob.Blocked = bad;
      }),
      E_INVALIDARG: "not normally seen, says the table",
    },
  },
  "IMessengerContact.CanPage": {
    works: (w) => same([w.bob.CanPage, w.outObjects.contact.CanPage], [false, false]),
    errors: {
      E_FAIL: closed(({ contact }) => contact.CanPage),
      DISP_E_BADVARTYPE: "nothing is passed in",
      E_INVALIDARG: "nothing is passed in",
    },
  },
  "IMessengerContact.FriendlyName": {
    works: async (w) => {
      const name = w.name();
      // Services tell names some time after presences.
      await w.until(() => w.bob.FriendlyName === "Bob");
      same(w.m.GetContact(name, w.m.MyServiceId).FriendlyName, name);
    },
    errors: { E_FAIL: closed(({ contact }) => contact.FriendlyName) },
  },
  "IMessengerContact.IsSelf": {
    works: (w) =>
      same(
        [w.bob.IsSelf, w.m.GetContact(ME.toUpperCase(), w.m.MyServiceId).IsSelf, w.outObjects.contact.IsSelf],
        [false, true, false],
      ),
    errors: { E_FAIL: closed(({ contact }) => contact.IsSelf) },
  },
  "IMessengerContact.PhoneNumber": notImplemented((contact) => contact.PhoneNumber(0)),
  "IMessengerContact.Property": {
    touch: (contact) => contact.Property(0),
    put: (contact) => contact.setProperty(0, 1),
    works: (w) => {
      same(
        [w.bob.Property(1), [...w.bob.Property(0)].every((group) => [...group.Contacts].includes(w.bob))],
        [FRIEND, true],
      );
      same(w.bob.Property(0).Count > 0, true, "whoever is in no group is in the last");
      const seen = w.page.GetContact(FRIEND, "");
      same(
        w.answer(w.page, () => seen.Property(1)),
        "E_NOTIMPL",
        "the address is not for a page's scripts",
      );
    },
    errors: {
      E_INVALIDARG: [(w) => w.bob.Property(2), (w) => w.bob.Property(-1), (w) => w.bob.setProperty(1, "x@example.com")],
    },
  },
  "IMessengerContact.ServiceID": {
    works: (w) => same([w.bob.ServiceID, w.bob.ServiceId], [w.m.MyServiceId, w.m.MyServiceId]),
    errors: { E_INVALIDARG: "internal, says the table" },
  },
  "IMessengerContact.ServiceName": {
    works: (w) => same(w.bob.ServiceName, w.m.MyServiceName),
    errors: {
      E_FAIL: closed(({ contact }) => contact.ServiceName),
      E_NOTIMPL: "contradicts the note of the same page, which the Browser column follows",
    },
  },
  "IMessengerContact.SigninName": {
    works: (w) => same(w.bob.SigninName, FRIEND),
    errors: {
      E_FAIL: closed(({ contact }) => contact.SigninName),
      E_NOTIMPL: [through("page", (w) => w.page.GetContact(FRIEND, "").SigninName)],
    },
  },
  "IMessengerContact.Status": {
    works: async (w) => {
      const told = w.event(w.m, "ContactStatusChange");
      w.friend.MyStatus = 10;
      same([(await told)[1], w.bob.Status], [2, 10], "the event has the status before, the object that of now");
      const back = w.event(w.m, "ContactStatusChange");
      w.friend.MyStatus = 6;
      await back;
      same(w.bob.Status, 1, "never INVISIBLE");
      const seen = w.event(w.m, "ContactStatusChange");
      w.friend.MyStatus = 2;
      await seen;
      same([w.bob.Status, w.outObjects.contact.Status], [2, 0]);
    },
  },

  "IMessengerContactAdvanced.IsTagged": {
    put: (contact) => {
      contact.IsTagged = false;
    },
    works: (w) => {
      w.bob.IsTagged = true;
      same(w.bob.IsTagged, true);
      w.bob.IsTagged = false;
      same(w.bob.IsTagged, false);
    },
    errors: { E_FAIL: closed(({ contact }) => contact.IsTagged) },
  },
  "IMessengerContactAdvanced.PresenceProperties": {
    put: (contact) => {
      contact.PresenceProperties = new Array(8).fill(null);
    },
    works: async (w) => {
      const self = w.m.GetContact(ME, w.m.MyServiceId);
      const wanted = new Array(11).fill(null);
      wanted[0] = 34;
      wanted[3] = "Back <b>soon</b>";
      await w.event(w.m, "MyStatusChange", () => {
        self.PresenceProperties = wanted;
      });
      same(
        [self.PresenceProperties.length, self.PresenceProperties.slice(0, 4)],
        [11, [34, 15_500, false, "Back <b>soon</b>"]],
      );
      const custom = new Array(8).fill(null);
      custom[1] = 6_500;
      custom[6] = "On a train";
      await w.event(w.m, "MyStatusChange", () => {
        self.PresenceProperties = custom;
      });
      same([w.m.MyStatus, self.PresenceProperties[6]], [178, "On a train"]);
      await w.m.clearMyStatus();
      same(
        [w.bob.PresenceProperties[0], w.bob.PresenceProperties[2], w.bob.PresenceProperties[3]],
        [w.bob.Status, false, null],
      );
    },
    errors: {
      E_ACCESSDENIED: (w) => {
        w.bob.PresenceProperties = new Array(11).fill(null);
      },
      E_INVALIDARG: [
        null,
        "x",
        [],
        new Array(12).fill(null),
        [18, ...new Array(10).fill(null)],
        [2, null, null, 5, null, null, null, null],
      ].map((bad) => (w) => {
        w.m.GetContact(ME, w.m.MyServiceId).PresenceProperties = bad;
      }),
      E_INVALIDINDEX: "has no number: answered as E_INVALIDARG",
      MSGR_E_NOT_LOGGED_ON: (w) => {
        w.outObjects.contact.PresenceProperties = new Array(11).fill(null);
      },
      E_INVALIDAVAILABILITY: "has no number: answered as E_INVALIDARG",
      E_FAIL: closed(({ contact }) => contact.PresenceProperties),
    },
  },

  ...collection("IMessengerContacts", (root) => root.MyContacts),
  "IMessengerContacts.Remove": {
    touch: (contacts) => contacts.Remove(null),
    works: async (w) => {
      const name = w.name();
      const [, contact] = await w.event(w.m, "ContactListAdd", () => w.m.AddContact(0, name));
      const told = await w.event(w.m, "ContactListRemove", () => w.m.MyContacts.Remove(contact));
      same(
        [told[0], told[1] === contact, [...w.m.MyContacts].includes(contact), contact.SigninName],
        [0, true, false, name],
      );
    },
    errors: {
      E_FAIL: [
        (w) => w.m.MyContacts.Remove(w.m.GetContact(w.name(), w.m.MyServiceId)),
        (w) => w.m.MyContacts.Remove(w.friend.GetContact(ME, w.friend.MyServiceId)),
        (w) => w.conversation.Contacts.Remove(w.bob),
        (w) => w.out.MyContacts.Remove(w.outObjects.contact),
      ],
      E_POINTER: [(w) => w.m.MyContacts.Remove(null), (w) => w.m.MyContacts.Remove()],
      E_NOTIMPL: [through("page", (w) => w.page.MyContacts.Remove(w.page.GetContact(FRIEND, "")))],
    },
  },

  "IMessengerService.MyFriendlyName": {
    works: (w) => same(w.m.Services.Item(0).MyFriendlyName, "Ada"),
    errors: {
      E_FAIL: closed(({ service }) => service.MyFriendlyName),
      MSGR_E_NOT_LOGGED_ON: signedOut((w) => w.outObjects.service.MyFriendlyName),
    },
  },
  "IMessengerService.MySigninName": {
    works: (w) => same(w.m.Services.Item(0).MySigninName, ME),
    errors: {
      E_FAIL: closed(({ service }) => service.MySigninName),
      MSGR_E_NOT_LOGGED_ON: signedOut((w) => w.outObjects.service.MySigninName),
    },
  },
  "IMessengerService.MyStatus": {
    works: (w) => same([w.m.Services.Item(0).MyStatus, w.outObjects.service.MyStatus], [w.m.MyStatus, 1]),
  },
  "IMessengerService.Property": {
    touch: (service) => service.Property(-1),
    put: (service) => service.setProperty(-1, 1),
    works: (w) => throws(w, () => w.m.Services.Item(0).Property(0), "E_INVALIDARG"),
    errors: { E_INVALIDARG: [(w) => w.m.Services.Item(0).Property(-1), (w) => w.m.Services.Item(0).setProperty(0, 0)] },
  },
  "IMessengerService.ServiceID": {
    works: (w) =>
      same([w.m.Services.Item(0).ServiceID, w.m.Services.Item(0).ServiceId], [w.m.MyServiceId, w.m.MyServiceId]),
    errors: { E_FAIL: closed(({ service }) => service.ServiceID), E_INVALIDARG: "internal, says the table" },
  },
  "IMessengerService.ServiceName": {
    works: (w) => same(w.m.Services.Item(0).ServiceName, w.m.MyServiceName),
    errors: { E_FAIL: closed(({ service }) => service.ServiceName) },
  },
  ...collection("IMessengerServices", (root) => root.Services),
  "IMessengerServices.PrimaryService": {
    works: (w) => same(w.m.Services.PrimaryService === w.m.Services.Item(0), true),
  },

  "IMessengerGroup.AddContact": {
    touch: (group) => group.AddContact(FRIEND),
    works: async (w) => {
      const group = await w.group();
      const told = await w.event(w.m, "ContactAddedToGroup", () => group.AddContact(w.bob));
      same([told[0], told[1] === group, told[2] === w.bob, [...group.Contacts].includes(w.bob)], [0, true, true, true]);
    },
    errors: {
      E_INVALIDARG: noContacts((w, bad) => w.m.MyGroups.Item(0).AddContact(bad)),
      E_FAIL: (w) => w.m.MyGroups.Item(w.m.MyGroups.Count - 1).AddContact(w.bob),
      MSGR_E_NOT_LOGGED_ON: signedOut((w) => w.outObjects.group.AddContact(FRIEND)),
      MSGR_E_USER_NOT_FOUND: async (w) => (await w.group()).AddContact(w.name()),
    },
  },
  "IMessengerGroup.RemoveContact": {
    touch: (group) => group.RemoveContact(FRIEND),
    works: async (w) => {
      const group = await w.group();
      await w.event(w.m, "ContactAddedToGroup", () => group.AddContact(FRIEND));
      const told = await w.event(w.m, "ContactRemovedFromGroup", () => group.RemoveContact(FRIEND));
      same([told[0], told[1] === group, told[2] === w.bob, group.Contacts.Count], [0, true, true, 0]);
    },
    errors: {
      E_INVALIDARG: noContacts((w, bad) => w.m.MyGroups.Item(0).RemoveContact(bad)),
      E_FAIL: (w) => w.m.MyGroups.Item(w.m.MyGroups.Count - 1).RemoveContact(w.bob),
      MSGR_E_NOT_LOGGED_ON: signedOut((w) => w.outObjects.group.RemoveContact(FRIEND)),
      MSGR_E_USER_NOT_FOUND: async (w) => (await w.group()).RemoveContact(w.name()),
    },
  },
  "IMessengerGroup.Contacts": {
    works: async (w) => {
      const group = await w.group();
      same([group.Contacts.Count, [...group.Contacts], group.Contacts === group.Contacts], [0, [], true]);
    },
  },
  "IMessengerGroup.Name": {
    put: (group) => {
      group.Name = "Team";
    },
    works: async (w) => {
      const group = await w.group();
      const name = `New ${w.name()}`;
      const told = await w.event(w.m, "GroupNameChanged", () => {
        group.Name = ` ${name} `;
      });
      same([told[0], told[1] === group, group.Name], [0, true, name]);
    },
    errors: {
      E_FAIL: closed(({ group }) => group.Name),
      MSGR_E_NOT_LOGGED_ON: signedOut((w) => w.outObjects.group.Name),
      MSGR_E_GROUPS_NOT_ENABLED: "the service has groups",
      MSGR_E_GROUP_DOES_NOT_EXIST: async (w) => {
        const group = await w.group();
        await w.event(w.m, "GroupRemoved", () => w.m.MyGroups.Remove(group));
        group.Name = "Team";
      },
      MSGR_E_GROUP_NAME_TOO_LONG: async (w) => {
        (await w.group()).Name = "g".repeat(65);
      },
      MSGR_E_BAD_GROUP_NAME: async (w) => {
        (await w.group()).Name = "a\tb";
      },
      MSGR_E_CANNOT_RENAME: (w) => {
        w.m.MyGroups.Item(w.m.MyGroups.Count - 1).Name = "Team";
      },
    },
  },
  "IMessengerGroup.Service": { works: (w) => same(w.m.MyGroups.Item(0).Service === w.m.Services.Item(0), true) },
  ...collection("IMessengerGroups", (root) => root.MyGroups),
  "IMessengerGroups.Remove": {
    touch: (groups) => groups.Remove(null),
    works: async (w) => {
      const group = await w.group();
      const { Name } = group;
      const told = await w.event(w.m, "GroupRemoved", () => w.m.MyGroups.Remove(group));
      same([told[0], told[1] === group, [...w.m.MyGroups].includes(group), group.Name], [0, true, false, Name]);
    },
    errors: {
      E_FAIL: async (w) => {
        const group = await w.group();
        w.bob.Property(0).Remove(group);
      },
      E_POINTER: [(w) => w.m.MyGroups.Remove(null), (w) => w.m.MyGroups.Remove()],
      E_NOTIMPL: [through("page", (w) => w.page.MyGroups.Remove(w.page.MyGroups.Item(0)))],
      MSGR_E_CANNOT_DELETE: (w) => w.m.MyGroups.Remove(w.m.MyGroups.Item(w.m.MyGroups.Count - 1)),
      MSGR_E_CONNECT: signedOut((w) => w.outObjects.groups.Remove(w.outObjects.group)),
    },
  },

  "IMessengerWindow.Close": {
    touch: (window) => window.Close(),
    works: async (w) => {
      const window = w.m.InstantMessage(w.name());
      const [told] = await w.event(w.m, "IMWindowDestroyed", () => {
        window.Close();
        return window;
      });
      same(told === window, true);
      w.m.Window.Show();
      w.m.Window.Close();
      same(w.m.Window.IsClosed, true, "the main window lives on");
    },
    errors: { S_FALSE: (w) => w.dead.Close(), E_FAIL: closed(({ window }) => window.Close()) },
  },
  "IMessengerWindow.Show": {
    touch: (window) => window.Show(),
    works: (w) => {
      w.conversation.Show();
      w.m.Window.Close();
      w.m.Window.Show();
      same(w.m.Window.IsClosed, false);
    },
    errors: { E_FAIL: [(w) => w.dead.Show(), (w) => w.outObjects.window.Show(), closed(({ main }) => main.Show())] },
  },
  "IMessengerWindow.Height": edge("Height", true),
  "IMessengerWindow.Width": edge("Width", true),
  "IMessengerWindow.Left": edge("Left", false),
  "IMessengerWindow.Top": edge("Top", false),
  "IMessengerWindow.HWND": notImplemented((window) => window.HWND),
  "IMessengerWindow.IsClosed": {
    works: (w) => {
      same(w.conversation.IsClosed, false, "a conversation that is alive");
      throws(w, () => w.dead.IsClosed, "E_FAIL");
      w.m.Window.Close();
      same(w.m.Window.IsClosed, true, "the main window");
    },
  },
  "IMessengerWindow.Property": {
    touch: (window) => window.Property(0),
    put: (window) => window.setProperty(0, false),
    works: (w) => {
      const window = w.conversation;
      window.setProperty(1, true);
      same([window.Property(0), window.Property(1)], [false, true]);
    },
    errors: {
      E_INVALIDARG: [(w) => w.conversation.Property(2), (w) => w.conversation.setProperty(0, "yes")],
      S_FALSE: (w) => w.conversation.setProperty(0, w.conversation.Property(0)),
      E_NOTIMPL: [(w) => w.m.Window.Property(0), (w) => w.m.Window.setProperty(0, true)],
    },
  },

  "IMessengerConversationWnd.AddContact": {
    touch: (window) => window.AddContact(FRIEND),
    works: (w) =>
      same([w.answer(w.m, () => w.conversation.AddContact(FRIEND)), w.conversation.Contacts.Count], ["S_FALSE", 1]),
    errors: {
      E_INVALIDARG: noContacts((w, bad) => w.conversation.AddContact(bad)),
      E_FAIL: [
        (w) => w.conversation.AddContact(ME),
        (w) => w.outObjects.window.AddContact(FRIEND),
        (w) => w.dead.AddContact(FRIEND),
      ],
      S_FALSE: (w) => w.conversation.AddContact(w.bob),
      MSGR_E_SESSION_FULL: (w) => w.conversation.AddContact(w.name()),
      MSGR_E_INVALID_SERVICE: "there is one service",
    },
  },
  "IMessengerConversationWnd.Contacts": {
    works: (w) => same([w.conversation.Contacts.Count, w.conversation.Contacts.Item(0) === w.bob], [1, true]),
    errors: {
      E_FAIL: [(w) => w.outObjects.window.Contacts, (w) => w.dead.Contacts],
      S_FALSE: (w) => {
        const window = w.conversation;
        w.unfocused(() => window.Contacts);
      },
    },
  },
  "IMessengerConversationWnd.History": {
    works: (w) => same(typeof w.conversation.History, "string"),
    errors: {
      E_FAIL: [(w) => w.outObjects.window.History, (w) => w.dead.History],
      S_FALSE: (w) => {
        const window = w.conversation;
        w.unfocused(() => window.History);
      },
    },
  },
  "IMessengerConversationWndAdvanced.SendText": {
    touch: (window) => window.SendText(""),
    works: async (w) => {
      const writer = w.m.scriptable("trusted", { sendText: true });
      same(
        w.answer(writer, () => writer.InstantMessage(FRIEND).SendText("")),
        "E_INVALIDARG",
        "with the grant it is let through",
      );
      const text = `Hello <b>${w.name()}</b> \u202eمرحبا`;
      const sent = w.event(w.friend, "message");
      w.conversation.SendText(text);
      await sent;
      // The other may hear of it before the writer does.
      await w.until(() => w.conversation.History.endsWith(`Ada: ${text}`));
      throws(w, () => w.conversation.SendText("x".repeat(8_001)), "MSGR_E_MESSAGE_TOO_LONG");
      throws(w, () => w.conversation.SendText(5), "E_INVALIDARG");
    },
    errors: {
      E_FAIL: [(w) => w.outObjects.window.SendText("x"), (w) => w.dead.SendText("x")],
      S_FALSE: (w) => {
        const window = w.conversation;
        w.unfocused(() => window.SendText("without the focus"));
      },
    },
  },

  "IMessengerPrivate.AddContact": {
    touch: (root) => root.AddContact(null, ""),
    works: async (w) => {
      const name = w.name();
      const [hr, contact] = await w.event(w.m, "ContactListAdd", () => w.m.messengerPrivate.AddContact(name, ""));
      same([hr, contact.SigninName], [0, name]);
    },
    errors: {
      E_POINTER: [(w) => w.m.messengerPrivate.AddContact(null), (w) => w.m.messengerPrivate.AddContact()],
      E_INVALIDARG: ["", " a", LONG, "a\nb", 5].map((bad) => (w) => w.m.messengerPrivate.AddContact(bad, "")),
      MSGR_E_NOT_LOGGED_ON: signedOut((w) => w.outObjects.priv.AddContact(FRIEND, "")),
      E_FAIL: closed(({ priv }) => priv.AddContact(FRIEND, "")),
      MSGR_E_API_LOCKED: through("trusted", (w) => {
        w.consents = false;
        try {
          w.trusted.messengerPrivate.AddContact(w.name(), "");
        } finally {
          w.consents = true;
        }
      }),
    },
  },
  "IMessengerPrivate.EnableAlertEvents": notImplemented((object) => object.EnableAlertEvents([1])),

  "DMessengerEvents.OnAppShutdown": { fresh: true, fires: (w, m) => w.event(m, "AppShutdown", () => m.close()) },
  "DMessengerEvents.OnContactAddedToGroup": {
    fires: async (w, m) => {
      const group = await w.group();
      await w.event(m, "ContactAddedToGroup", () => group.AddContact(FRIEND));
    },
    errors: {
      MSGR_E_USER_NOT_FOUND: "refused by the call itself",
      MSGR_E_GROUP_DOES_NOT_EXIST: async (w) => {
        const group = await w.group();
        w.m.MyGroups.Remove(group);
        return (await w.event(w.m, "ContactAddedToGroup", () => group.AddContact(FRIEND)))[0];
      },
    },
  },
  "DMessengerEvents.OnContactBlockChange": {
    fires: async (w, m) => {
      const contact = m.GetContact(w.name(), m.MyServiceId);
      await w.event(m, "ContactBlockChange", () => {
        contact.Blocked = true;
      });
    },
    errors: { MSGR_E_USER_NOT_FOUND: "names without a user can be blocked", ...serverTrouble },
  },
  "DMessengerEvents.OnContactFriendlyNameChange": {
    fires: async (w, m) => {
      const name = w.name();
      const first = await w.connect(name, { friendlyName: "Before" });
      const [, contact] = await w.event(m, "ContactListAdd", () => m.AddContact(0, name));
      await w.until(() => contact.FriendlyName === "Before");
      // Some services tell a new name at once only to those whom its owner sees, too.
      first.AddContact(0, ME);
      await w.until(() => first.GetContact(ME, first.MyServiceId).Status === 2);
      const told = [];
      const listener = ({ args }) => told.push(args);
      m.addEventListener("ContactFriendlyNameChange", listener);
      const second = await w.connect(name, { friendlyName: "After" });
      await w.until(() => contact.FriendlyName === "After" && told.length > 0);
      m.removeEventListener("ContactFriendlyNameChange", listener);
      same([told.at(-1)[1] === contact, told.at(-1)[2]], [true, "Before"], "the contact and the name before");
      first.close();
      second.close();
    },
  },
  "DMessengerEvents.OnContactListAdd": {
    fires: (w, m) => w.event(m, "ContactListAdd", () => m.AddContact(0, w.name())),
    errors: {
      MSGR_E_LIST_FULL: "tested in crates/hub: 10,000 contacts",
      MSGR_E_ALREADY_IN_LIST: async (w) => (await w.event(w.m, "ContactListAdd", () => w.m.AddContact(0, FRIEND)))[0],
      MSGR_E_USER_NOT_FOUND: "tested in crates/server: nobody can know here who has an account",
      ...serverTrouble,
      E_INVALIDARG: "refused by the call itself",
    },
  },
  "DMessengerEvents.OnContactListRemove": {
    fires: async (w, m) => {
      const [, contact] = await w.event(m, "ContactListAdd", () => m.AddContact(0, w.name()));
      await w.event(m, "ContactListRemove", () => m.MyContacts.Remove(contact));
    },
    errors: {
      MSGR_E_USER_NOT_FOUND: async (w) => {
        const [, contact] = await w.event(w.m, "ContactListAdd", () => w.m.AddContact(0, w.name()));
        const [, [hr]] = await w.events(w.m, "ContactListRemove", 2, () => {
          w.m.MyContacts.Remove(contact);
          w.m.MyContacts.Remove(contact);
        });
        return hr;
      },
      ...serverTrouble,
    },
  },
  "DMessengerEvents.OnContactPagerChange": {},
  "DMessengerEvents.OnContactPhoneChange": {},
  "DMessengerEvents.OnContactPropertyChange": {},
  "DMessengerEvents.OnContactRemovedFromGroup": {
    fires: async (w, m) => {
      const group = await w.group();
      await w.event(m, "ContactAddedToGroup", () => group.AddContact(FRIEND));
      await w.event(m, "ContactRemovedFromGroup", () => group.RemoveContact(FRIEND));
    },
    errors: {
      MSGR_E_USER_NOT_FOUND: "refused by the call itself",
      MSGR_E_USER_NOT_GROUP_MEMBER: async (w) => {
        const group = await w.group();
        return (await w.event(w.m, "ContactRemovedFromGroup", () => group.RemoveContact(FRIEND)))[0];
      },
      MSGR_E_GROUP_DOES_NOT_EXIST: async (w) => {
        const group = await w.group();
        w.m.MyGroups.Remove(group);
        return (await w.event(w.m, "ContactRemovedFromGroup", () => group.RemoveContact(FRIEND)))[0];
      },
    },
  },
  "DMessengerEvents.OnContactResolved": {
    fires: async (w, m) => {
      const name = w.name();
      same(await w.event(m, "ContactResolved", () => same(m.ResolveContact(1, 2, name), "")), [0, 1, name, name]);
    },
  },
  "DMessengerEvents.OnContactStatusChange": {
    fires: async (w, m) => {
      await w.event(m, "ContactStatusChange", () => {
        w.friend.MyStatus = 10;
      });
      await w.event(m, "ContactStatusChange", () => {
        w.friend.MyStatus = 2;
      });
    },
  },
  "DMessengerEvents.OnGroupAdded": {
    fires: (w) => w.group(),
    errors: {
      MSGR_E_GROUP_ALREADY_EXISTS: [
        async (w) => {
          const group = await w.group();
          return (await w.event(w.m, "GroupAdded", () => w.m.CreateGroup(group.Name, w.m.MyServiceId)))[0];
        },
        async (w) => (await w.event(w.m, "GroupAdded", () => w.m.CreateGroup("Other Contacts", w.m.MyServiceId)))[0],
      ],
      MSGR_E_GROUP_NAME_TOO_LONG: "refused by the call itself",
      MSGR_E_BAD_GROUP_NAME: "refused by the call itself",
    },
  },
  "DMessengerEvents.OnGroupNameChanged": {
    fires: async (w, m) => {
      const group = await w.group();
      await w.event(m, "GroupNameChanged", () => {
        group.Name = `Renamed ${w.name()}`;
      });
    },
    errors: {
      MSGR_E_GROUP_NAME_TOO_LONG: "refused by the call itself",
      MSGR_E_BAD_GROUP_NAME: "refused by the call itself",
    },
  },
  "DMessengerEvents.OnGroupRemoved": {
    fires: async (w, m) => {
      const group = await w.group();
      await w.event(m, "GroupRemoved", () => m.MyGroups.Remove(group));
    },
    errors: {
      MSGR_E_GROUP_DOES_NOT_EXIST: async (w) => {
        const group = await w.group();
        const [, [hr]] = await w.events(w.m, "GroupRemoved", 2, () => {
          w.m.MyGroups.Remove(group);
          w.m.MyGroups.Remove(group);
        });
        return hr;
      },
    },
  },
  "DMessengerEvents.OnIMWindowContactAdded": {
    fires: (w, m) => w.event(m, "IMWindowContactAdded", () => m.InstantMessage(w.name())),
  },
  "DMessengerEvents.OnIMWindowContactRemoved": {
    fires: (w, m) => w.event(m, "IMWindowContactRemoved", () => m.InstantMessage(w.name()).Close()),
  },
  "DMessengerEvents.OnIMWindowCreated": {
    fires: (w, m) => w.event(m, "IMWindowCreated", () => m.InstantMessage(w.name())),
  },
  "DMessengerEvents.OnIMWindowDestroyed": {
    fires: (w, m) => w.event(m, "IMWindowDestroyed", () => m.InstantMessage(w.name()).Close()),
  },
  "DMessengerEvents.OnMyFriendlyNameChange": {
    fresh: true,
    fires: async (w, m) => {
      // Another device gives the new name; it is told with the next sign-in that finds it.
      const { MySigninName } = m;
      await w.event(m, "Signout", () => m.Signout());
      (await w.connect(MySigninName, { friendlyName: "New" })).close();
      let told;
      const heard = w.event(m, "MyFriendlyNameChange").then((args) => {
        told = args;
      });
      while (!told) {
        await w.event(m, "Signin", () => m.AutoSignin());
        await Promise.race([heard, new Promise((resolve) => setTimeout(resolve, 1_000))]);
        if (!told) {
          await w.event(m, "Signout", () => m.Signout());
        }
      }
      same(told, [0, MySigninName]);
      same(m.MyFriendlyName, "New");
    },
  },
  "DMessengerEvents.OnMyPhoneChange": {},
  "DMessengerEvents.OnMyPropertyChange": {},
  "DMessengerEvents.OnMyStatusChange": {
    fires: (w, m) =>
      w.event(m, "MyStatusChange", () => {
        m.MyStatus = 2;
      }),
    errors: {
      MSGR_E_DISCONNECTED: "provoked in tests/e2e/restart.spec.js",
      ...serverTrouble,
      MSGR_E_LOGON_TIMEOUT: "tested in crates/core, in virtual time",
    },
  },
  "DMessengerEvents.OnSignin": {
    fresh: true,
    fires: async (w, m) => {
      await w.event(m, "Signout", () => m.Signout());
      await w.event(m, "Signin", () => m.AutoSignin());
    },
    errors: signinEvents,
  },
  "DMessengerEvents.OnSignout": { fresh: true, fires: (w, m) => w.event(m, "Signout", () => m.Signout()) },
  "DMessengerEvents.OnUnreadEmailChange": {},

  ...nameControl("name-control", ["OnStatusChange", "PresenceEnabled", "GetStatus"]),
  ...nameControl("person-card", ["ShowOOUI", "HideOOUI", "DoAccelerator"]),
};
