// The tarball, unpacked: what is in it, what it does in Node, whether types and element manifest are true.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { Folder } from "./install.js";

const TSC = fileURLToPath(new URL("../../node_modules/typescript/bin/tsc", import.meta.url));
const SPEC = fileURLToPath(new URL("../spec/automation-api.json", import.meta.url));
const STYLES = fileURLToPath(new URL("../../src/ui/", import.meta.url));
const run = promisify(execFile);

/** @type {Folder} */
let folder;

before(async () => {
  folder = await Folder.start();
});

after(() => folder?.stop());

test("the package holds two WebAssembly files for each transport, its types, its manifest and its licences", async () => {
  const files = await folder.files();
  assert.deepEqual(
    files.filter((name) => name.endsWith(".wasm")),
    [
      "dist/mistatus-xmpp_bg.wasm",
      "dist/mistatus-xmpp_panels.wasm",
      "dist/mistatus_bg.wasm",
      "dist/mistatus_panels.wasm",
    ],
  );
  for (const name of ["README.md", "LICENSE-MIT", "LICENSE-APACHE", "custom-elements.json"]) {
    assert.ok(files.includes(name), `${name} is missing`);
  }
  assert.deepEqual(
    files.filter((name) => name.startsWith("src") || name.startsWith("generated") || name.endsWith(".mjs")),
    [],
  );
});

test("every path that the manifest names exists", async () => {
  const files = await folder.files();
  const manifest = JSON.parse(await readFile(path.join(folder.path, "node_modules/mistatus/package.json"), "utf8"));
  const { main, types, customElements, unpkg, jsdelivr, sideEffects } = manifest;
  const named = [main, types, customElements, unpkg, jsdelivr, manifest["web-types"], ...sideEffects];
  for (const entry of Object.values(manifest.exports)) {
    named.push(...(typeof entry === "string" ? [entry] : Object.values(entry)));
  }
  for (const name of named) {
    assert.ok(files.includes(path.normalize(name)), `${name} does not exist`);
  }
});

test("every entry is found by its name alone, too, where a bundler does not read `exports`", async () => {
  const files = await folder.files();
  const manifest = JSON.parse(await readFile(path.join(folder.path, "node_modules/mistatus/package.json"), "utf8"));
  for (const [entry, { default: script }] of Object.entries(manifest.exports)) {
    // Those for frameworks have only types.
    if (entry !== "." && script && script !== "./types-only.js") {
      assert.ok(files.includes(`${path.normalize(entry)}.js`), `${entry}.js is missing`);
      const text = await readFile(path.join(folder.path, "node_modules/mistatus", `${entry}.js`), "utf8");
      assert.match(text, new RegExp(`^export \\* from "${script}";$`, "m"));
    }
  }
});

test("each WebAssembly file is named once by its address, and once by an import that a page asks for", async () => {
  const files = (await folder.files()).filter((name) => name.startsWith("dist/") && name.endsWith(".js"));
  const texts = await Promise.all(
    files.map((name) => readFile(path.join(folder.path, "node_modules/mistatus", name), "utf8")),
  );
  for (const [kind, entry] of [
    ["mistatus", "dist/wasm.js"],
    ["mistatus-xmpp", "dist/xmpp-wasm.js"],
  ]) {
    for (const name of [`${kind}_bg.wasm`, `${kind}_panels.wasm`]) {
      // What bundlers take along: an address where they know the pattern, an import where they do not.
      /** @param {string} part */
      const naming = (part) => files.filter((_, at) => texts[at].includes(`${part}"./${name}"`));
      assert.equal(naming("new URL(").length, 1);
      assert.deepEqual(naming("from"), [entry]);
      assert.equal(texts.join("\n").split(name).length, 3);
    }
  }
});

test("every file that a script names is in the package", async () => {
  const files = await folder.files();
  const scripts = files.filter((name) => name.startsWith("dist/") && name.endsWith(".js"));
  const named = [];
  for (const script of scripts) {
    const text = await readFile(path.join(folder.path, "node_modules/mistatus", script), "utf8");
    for (const [, name] of text.matchAll(/(?:new URL\(|\bfrom ?|\bimport ?\(?)"(?:\.\/)?([^"/]+\.(?:js|wasm))"/g)) {
      named.push(name);
    }
  }
  assert.ok(named.length > scripts.length, "the scripts name each other");
  assert.deepEqual(
    named.filter((name) => !files.includes(`dist/${name}`)),
    [],
  );
});

test("all entries import in Node without a DOM", async () => {
  const out = await folder.node(`
    import { connect, MISTATUS, HRESULT, MiStatusElement } from "mistatus";
    import "mistatus/define";
    import "mistatus/legacy";
    import * as xmpp from "mistatus/xmpp";
    import "mistatus/react";
    import "mistatus/preact";
    import "mistatus/solid";
    import "mistatus/vue";
    import "mistatus/svelte";
    console.log(typeof connect, MISTATUS.BUSY, HRESULT.MSGR_E_NOT_LOGGED_ON, typeof MiStatusElement, typeof document);
    console.log(typeof ActiveXObject);
  `);
  assert.equal(out.trim(), "function 10 -2130705634 function undefined\nundefined");
});

test("connecting where there is no browser is refused with a reason", async () => {
  const out = await folder.node(`
    import { connect, isMessengerError } from "mistatus";
    const error = await connect({ server: "wss://presence.example.com/stream" }).catch((error) => error);
    console.log(isMessengerError(error), error.code, error.message);
  `);
  assert.match(out, /^true E_NOTIMPL .*needs a browser/);
});

test("a program with the types compiles, and wrong ones do not", async () => {
  await folder.write("right.ts", RIGHT);
  await folder.write("tsconfig.json", tsconfig(["right.ts"]));
  await run(process.execPath, [TSC, "--project", folder.path]).catch(({ stdout }) => assert.fail(stdout));

  await folder.write("wrong.ts", WRONG);
  await folder.write("tsconfig.json", tsconfig(["wrong.ts"]));
  const { stdout } = await run(process.execPath, [TSC, "--project", folder.path]).catch((failure) => failure);
  const lines = [...stdout.matchAll(/wrong\.ts\((\d+),/g)].map(([, line]) => Number(line));
  assert.deepEqual([...new Set(lines)], [3, 4, 5, 6, 7, 9, 10, 11, 12, 13], stdout);
});

test("the types name exactly what is exported", async () => {
  const names = (await folder.node(`import * as all from "mistatus"; console.log(Object.keys(all).join(" "))`)).trim();
  const record = names.split(" ").map((name) => `${name}: true`);
  await folder.write(
    "names.ts",
    `import * as all from "mistatus";\nexport const names: Record<keyof typeof all, true> = { ${record.join(", ")} };\n`,
  );
  await folder.write("tsconfig.json", tsconfig(["names.ts"]));
  await run(process.execPath, [TSC, "--project", folder.path]).catch(({ stdout }) => assert.fail(stdout));
});

test("the types have every member of the automation API", async () => {
  const { interfaces } = JSON.parse(await readFile(SPEC, "utf8"));
  const lines = [
    'import { Messenger, MessengerContact, MessengerContacts, MessengerConversationWnd, MessengerGroup, MessengerGroups } from "mistatus";',
    'import { MessengerService, MessengerServices, MessengerWindow, type MessengerPrivate } from "mistatus";',
    'import type { NameControl } from "mistatus/legacy";',
    "type Called = (...args: never[]) => unknown;",
  ];
  for (const { name, members } of interfaces) {
    const type = /** @type {Partial<Record<string, string>>} */ (TYPES)[name] ?? name.slice(1);
    lines.push(`declare const ${name.replace(".", "")}: ${type};`);
    for (const member of members) {
      lines.push(...uses(name.replace(".", ""), member));
    }
  }
  await folder.write("members.ts", lines.join("\n"));
  await folder.write("tsconfig.json", tsconfig(["members.ts"]));
  await run(process.execPath, [TSC, "--project", folder.path]).catch(({ stdout }) => assert.fail(stdout));
});

test("the types name exactly the members and the events' fields that the code has", async () => {
  const { classes, events } = JSON.parse(await folder.node(MEMBERS));
  const lines = ['import * as all from "mistatus";'];
  const record = (/** @type {string} */ type, /** @type {string[]} */ names) =>
    lines.push(`({ ${names.map((name) => `${name}: true`).join(", ")} }) satisfies Record<${type}, true>;`);
  for (const [name, members] of Object.entries(classes)) {
    record(`Exclude<Extract<keyof all.${name}, string>, keyof EventTarget>`, members);
  }
  for (const [name, fields] of Object.entries(events)) {
    record(`Exclude<keyof all.AutomationEventMap["${name}"], keyof Event>`, fields);
  }
  record("keyof all.AutomationEventMap", Object.keys(events));
  await folder.write("exact.ts", lines.join("\n"));
  await folder.write("tsconfig.json", tsconfig(["exact.ts"]));
  await run(process.execPath, [TSC, "--project", folder.path]).catch(({ stdout }) => assert.fail(stdout));
});

test("the element manifest lists the custom properties that the styles read, with their defaults", async () => {
  const styles = (await readdir(STYLES, { recursive: true })).filter((name) => name.endsWith(".css"));
  const sheet = (await Promise.all(styles.map((name) => readFile(path.join(STYLES, name), "utf8")))).join("\n");
  // Those that the sheets or the components set are not the page's.
  const own = new Set(
    [...sheet.matchAll(/(--mi-[\w-]+):/g)].map(([, name]) => name).concat("--mi-menu-x", "--mi-menu-y", "--mi-room"),
  );
  /** @type {Record<string, Set<string | undefined>>} */
  const defaults = {};
  for (const [, name, value] of sheet.matchAll(/var\((--mi-[\w-]+)(?:, ((?:[^()]|\([^()]*\))*))?\)/g)) {
    if (!own.has(name)) {
      (defaults[name] ??= new Set()).add(value);
    }
  }
  /** @type {{ modules: { declarations: { cssProperties?: { name: string, default: string }[] }[] }[] }} */
  const manifest = JSON.parse(
    await readFile(path.join(folder.path, "node_modules/mistatus/custom-elements.json"), "utf8"),
  );
  const listed = manifest.modules.flatMap(({ declarations }) =>
    declarations.flatMap(({ cssProperties = [] }) => cssProperties),
  );
  assert.deepEqual([...new Set(listed.map(({ name }) => name))].sort(), Object.keys(defaults).sort());
  for (const { name, default: value } of listed) {
    assert.ok(defaults[name].has(value), `${name} is ${[...defaults[name]].join(" or ")}, not ${value}`);
  }
});

test("the types have the numbers that the code has", async () => {
  const numbers = await folder.node(`
    import { HRESULT, MISTATUS } from "mistatus";
    console.log(JSON.stringify({ ...HRESULT, ...MISTATUS }));
  `);
  const types = await readFile(path.join(folder.path, "node_modules/mistatus/index.d.ts"), "utf8");
  const typed = [...types.matchAll(/^ {2}readonly ([A-Z][A-Z0-9_]+): (-?\d\w*);$/gm)].map(([, name, text]) => [
    name,
    Number(text),
  ]);
  assert.deepEqual(Object.fromEntries(typed), JSON.parse(numbers));
});

/** How the types call the interfaces of the table, where that is not their name without the I. */
const TYPES = {
  IMessenger2: "Messenger",
  IMessenger3: "Messenger",
  IMessengerAdvanced: "Messenger",
  IMessengerContactResolution: "Messenger",
  IMessengerContactAdvanced: "MessengerContact",
  IMessengerConversationWndAdvanced: "MessengerConversationWnd",
  DMessengerEvents: "Messenger",
  "Name.NameCtrl": "NameControl",
};

/**
 * Returns a program that uses a member of the table as it may be used, and does not as it may not.
 * @param {string} object
 * @param {{ name: string, kind: string, access: string, args: string }} member
 */
function uses(object, { name, kind, access, args }) {
  const member = `${object}.${name}`;
  if (kind === "event") {
    return [`${member} = null;`];
  }
  if (kind === "method" || args !== "") {
    const put = `${object}.${name === "MyProperty" ? "setMyProperty" : "setProperty"}`;
    return [member, ...(access === "read/write" ? [put] : [])].map((called) => `(${called}) satisfies Called;`);
  }
  return [...(access === "read/write" ? [] : ["// @ts-expect-error it can be read only"]), `${member} = ${member};`];
}

/** A script that prints the members of the automation API's classes and events. */
const MEMBERS = `
import * as all from "mistatus";
const members = (Class) => {
  const names = new Set();
  for (let from = Class.prototype; from !== Object.prototype && from !== EventTarget.prototype; from = Object.getPrototypeOf(from)) {
    Object.getOwnPropertyNames(from).forEach((name) => names.add(name));
  }
  return [...names].filter((name) => name !== "constructor" && !(name in EventTarget.prototype));
};
const classes = Object.entries(all).filter(([name]) => /^Messenger(?!Error|Event)/.test(name));
const events = members(all.Messenger).filter((name) => /^On[A-Z]/.test(name)).map((name) => name.slice(2));
const fields = (name) => Object.keys(new all.MessengerEvent(name, [])).filter((field) => !(field in Event.prototype) && field !== "isTrusted");
console.log(JSON.stringify({
  classes: Object.fromEntries(classes.map(([name, Class]) => [name, members(Class)])),
  events: Object.fromEntries(events.map((name) => [name, fields(name)])),
}));
`;

/** @param {string[]} files */
const tsconfig = (files) =>
  JSON.stringify({
    compilerOptions: {
      lib: ["ES2022", "DOM", "DOM.Iterable"],
      module: "NodeNext",
      moduleResolution: "NodeNext",
      noEmit: true,
      strict: true,
      target: "ES2022",
      types: [],
    },
    files,
  });

const RIGHT = `
import { connect, HRESULT, isMessengerError, MISTATUS, type Messenger, type MessengerContact } from "mistatus";
import "mistatus/define";
import "mistatus/legacy";
import { connect as overXmppConnect } from "mistatus/xmpp";

const messenger: Messenger = await connect({
  server: "wss://presence.example.com/stream",
  token: async () => "token",
  idle: { afterSeconds: 300, transmit: true },
});
messenger.OnMyStatusChange = (hr, status) => console.log(hr === HRESULT.S_OK, status);
messenger.OnContactStatusChange = (contact: MessengerContact, previous: number) => console.log(contact.Status, previous);
messenger.addEventListener("ContactStatusChange", (event) => {
  const [contact, previous] = event.args;
  console.log(contact.SigninName, previous, event.currentStatus, event.contact.IsSelf);
});
messenger.addEventListener("OnSignout", (event) => console.log(event.args.length));
messenger.MyStatus = MISTATUS.BUSY;
const mine: number = messenger.MyStatus;
await messenger.setMyStatus(MISTATUS.AWAY, { note: "Back at two", until: new Date() });
const asked: number = await messenger.queryMyStatus();
const bob = messenger.GetContact("bob@example.com", messenger.MyServiceId);
for (const contact of messenger.MyContacts) console.log(contact.FriendlyName, contact === bob, mine, asked);
console.log(messenger.MyContacts.Item(0), messenger.MyContacts.Count, MISTATUS.isOnline(bob?.Status ?? 0));
messenger.AddContact(0, "erika@example.com");
try {
  messenger.Signout();
} catch (error) {
  if (isMessengerError(error)) console.log(error.number, error.hresult, error.code, error.reason);
}
const element = document.createElement("mi-status");
element.contact = "bob@example.com";
element.addEventListener("mi-status-change", (event) => console.log(event.detail.previousStatus));
document.querySelector("mi-my-status")!.idleAfter = 300;

const version: string = messenger.Property(0);
const language: number = messenger.Property(1);
const unread: number | undefined = messenger.UnreadEmailCount(0);
const address: string = messenger.ResolveContact(1, 2, "bob@example.com");
console.log(version, language, unread, address);
messenger.FindContact(0, "Ada", "Lovelace", "London");
messenger.OptionsPages(0, 5);
messenger.AddContact(0);
messenger.messengerPrivate.AddContact("erika@example.com", messenger.Services.PrimaryService);
messenger.CreateGroup("Team").AddContact("erika@example.com");
if (bob) {
  messenger.SendMail(bob);
  bob.Blocked = true;
  const groups: number = bob.Property(0).Count;
  const mail: string = bob.Property(1);
  console.log(groups, mail, [...bob.Property(0)._NewEnum].map((group) => group.Name));
  const window = messenger.InstantMessage(bob);
  window.setProperty(0, !window.Property(0));
}
const unavailable = [
  () => messenger.SendFile("bob@example.com", "notes.txt"),
  () => messenger.Phone("bob@example.com", 1, "+49 30 1234"),
  () => messenger.setProperty(0, "1"),
  () => messenger.MyProperty(0),
  () => messenger.setMyProperty(0, 1),
  () => messenger.MyPhoneNumber(0),
  () => messenger.Window.HWND,
  () => bob?.PhoneNumber(0),
  () => bob?.setProperty(0, 1),
] satisfies (() => undefined)[];
console.log(unavailable.length);
messenger.OnUnreadEmailChange = (folder, count, enableDefault) => console.log(folder + count, enableDefault === true);
messenger.addEventListener("contact-requests", () => console.log(messenger.contactRequests[0]?.friendlyName));
messenger.addEventListener("chat", ({ detail }) => console.log(messenger.messages(detail.contact).length));
messenger.addEventListener("message", ({ detail: { contact, id } }) => console.log(contact.FriendlyName, id + 1));
messenger.addEventListener("unread-change", ({ detail: { contact, count, total } }) => {
  console.log(messenger.unread + count + total, messenger.unreadFrom(contact) > 0 && messenger.markRead(contact));
});
messenger.addEventListener("signin-request", (event) => event.preventDefault());
messenger.addEventListener("add-contact-request", ({ detail }) => console.log(detail.signinName.length));
messenger.addEventListener("find-contact-request", ({ detail: { firstName, lastName, city, state, country } }) => {
  console.log(firstName.concat(lastName, city, state, country));
});
messenger.addEventListener("options-request", ({ detail }) => console.log(detail.page + 1));
messenger.addEventListener("GroupRemoved", ({ group }) => console.log(group.Name));
const script = messenger.scriptable("trusted", { sendText: true });
script.OnContactStatusChange = (contact) => script.InstantMessage(contact).SendText("Hello");
script.messengerPrivate.AddContact("erika@example.com");

const overXmpp: Messenger = await overXmppConnect({ transport: "xmpp", signinName: "bob@example.com", credentials: "password" });
document.createElement("mi-messenger").approval = "nobody";
const control = new ActiveXObject("Name.NameCtrl");
control.OnStatusChange = (name, status, id) => console.log(name, status + 1, id, overXmpp.MySigninName);
control.ShowOOUI("bob@example.com", 0, 10, control.GetStatus("bob@example.com", "mark"));
`;

const WRONG = `
import { connect, MISTATUS, Messenger } from "mistatus";
connect({});
MISTATUS.BUSY = 3;
new Messenger();
connect({ server: "wss://presence.example.com/stream", transport: "pigeon" });
(await connect({ server: "wss://presence.example.com/stream" })).MyStatus = "busy";
declare const messenger: Messenger;
messenger.addEventListener("Onchat", () => {});
messenger.addEventListener("signin-request", (event) => event.detail.signinName);
messenger.scriptable("page").close();
messenger.Window.HWND = 5;
const version: number = messenger.Property(0);
`;
