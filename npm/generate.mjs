// Writes what the JavaScript and its types have of the table of the automation API, tests/spec/automation-api.json, and the
// manifest of the elements: `node npm/generate.mjs`, or with `--check` says whether that has been done. Whole files, and in
// npm/index.d.ts the regions that begin with `// #region generated:`.
// What the table does not hold, names of ours and remarks for whoever reads the types, stands here.

import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { level } from "../tests/spec/reference.js";
import { elements } from "./manifest.mjs";

/** @import { Interface, Member } from "../tests/spec/reference.js" */

/**
 * @typedef {object} Table
 * @property {{ name: string, value: number }[]} mistatus
 * @property {{ name: string, value: string, int32: number }[]} hresult
 * @property {Interface[]} interfaces
 */

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const TABLE = "tests/spec/automation-api.json";
const BY = `Generated from ${TABLE}: run \`node npm/generate.mjs\` after a change of either.`;

/** @type {Table} */
const table = JSON.parse(await readFile(`${ROOT}/${TABLE}`, "utf8"));

// Names of statuses and results.

const statuses = table.mistatus.map(({ name, value }) => ({ name: name.replace("MISTATUS_", ""), value }));
// Results of invitations to other programs: there are none here.
const results = table.hresult.filter(({ name }) => !name.startsWith("SR_"));

/** @param {number} value */
const hex = (value) => `0x${value.toString(16).padStart(4, "0")}`;

const constants = `// The two enumerations of the automation API, frozen: MISTATUS and HRESULT.
// ${BY}

/** The values of MISTATUS, and the documented test of the online bit. */
export const MISTATUS = {
${statuses.map(({ name, value }) => `  ${name}: ${hex(value)},`).join("\n")}
};

/**
 * Whether the online bit is set: true for INVISIBLE, false for UNKNOWN, OFFLINE and every LOCAL_ value.
 * @param {number} status
 */
const isOnline = (status) => (status & 2) !== 0;

// Not enumerable, so that whoever goes through the values meets numbers only.
Object.freeze(Object.defineProperty(MISTATUS, "isOnline", { value: isOnline }));

/** The result codes as signed 32-bit numbers: negative for failure. */
export const HRESULT = Object.freeze({
${results.map(({ name, value }) => `  ${name}: ${value.toLowerCase()} | 0,`).join("\n")}
});
`;

// Events.

/** What the arguments of events are called here, where the table says it shorter. */
const RENAMED = /** @type {Record<string, string>} */ ({ prop: "property" });

/** The types of the arguments. */
const TYPES = /** @type {Record<string, string>} */ ({
  address: "string",
  addressType: "number",
  blocked: "boolean",
  canPage: "boolean",
  contact: "MessengerContact",
  count: "number",
  currentStatus: "number",
  enableDefault: "boolean",
  folder: "number",
  group: "MessengerGroup",
  hr: "number",
  imAddress: "string",
  number: "string",
  phoneType: "number",
  previousName: "string",
  previousStatus: "number",
  property: "number",
  status: "number",
  value: "unknown",
  window: "MessengerConversationWnd",
});

/** Remarks for whoever reads the types: at the event, and at its handler where that differs. */
const REMARKS = /** @type {Record<string, { event: string, handler?: string }>} */ ({
  ContactStatusChange: {
    event: "`args` holds the previous status, as documented; the current one has a field of its own.",
    handler: "Called with the previous status; the contact has the current one already.",
  },
  GroupAdded: { event: "The group is null where something failed that `CreateGroup` had not asked for." },
});

/** Why an event is accepted and never told. */
const NEVER = /** @type {Record<string, string>} */ ({
  ContactPagerChange: "there is no paging",
  ContactPhoneChange: "there are no telephone numbers",
  ContactPropertyChange: "it is reserved",
  MyPhoneChange: "there are no telephone numbers",
  MyPropertyChange: "it is reserved",
  UnreadEmailChange: "there is no mail",
});

/** @param {string} name */
const interfaceOf = (name) => {
  const found = table.interfaces.find((one) => one.name === name);
  if (!found) {
    throw new Error(`${TABLE} has no interface ${name}`);
  }
  return found;
};

/** @param {string} args */
const split = (args) => args.split(",").flatMap((one) => one.trim().split(":")[0] || []);

const events = interfaceOf("DMessengerEvents").members.map((member) => {
  const name = member.name.replace(/^On/, "");
  const told = split(member.args).map((one) => RENAMED[one] ?? one);
  // What the table calls the status is the one before; the one after is a field of ours, and no argument.
  const args = name === "ContactStatusChange" ? ["contact", "previousStatus"] : told;
  const fields = name === "ContactStatusChange" ? [...args, "currentStatus"] : args;
  if ((member.honour === "notimpl") !== name in NEVER) {
    throw new Error(`npm/generate.mjs must say why ${name} is never told, and of no other event`);
  }
  return { name, args, fields, isForPages: level("DMessengerEvents", member) === "page" };
});

/**
 * @param {string} event
 * @param {string} field
 */
function typeOf(event, field) {
  if (!(field in TYPES)) {
    throw new Error(`npm/generate.mjs must say of which type ${field} of ${event} is`);
  }
  return event === "GroupAdded" && field === "group" ? `${TYPES[field]} | null` : TYPES[field];
}

/** @param {string | undefined} text */
const comment = (text) => (text ? `  /** ${text} */\n` : "");

const eventTypes = events.map(({ name, args, fields }) => {
  const typed = (/** @type {string} */ field) => `${field}: ${typeOf(name, field)}`;
  const named = fields.map((field) => `readonly ${typed(field)};`).join(" ");
  const remark = NEVER[name] ? `Never told: ${NEVER[name]}.` : REMARKS[name]?.event;
  const rest = named && ` & { ${named} }`;
  return `${comment(remark)}  ${name}: MessengerEvent<[${args.map(typed).join(", ")}]>${rest};`;
});

const handlerTypes = events.map(({ name, args }) => {
  const typed = ["this: Messenger", ...args.map((field) => `${field}: ${typeOf(name, field)}`)];
  const remark = NEVER[name] ? `Never called: ${NEVER[name]}.` : REMARKS[name]?.handler;
  return `${comment(remark)}  On${name}: ((${typed.join(", ")}) => void) | null;`;
});

// Members and the levels of trust at which scripts may use them.

/** Which interfaces a class has the members of, and which members of ours, that are for trusted scripts, beside them. */
const CLASSES = [
  {
    name: "MESSENGER",
    of: ["IMessenger", "IMessenger2", "IMessenger3", "IMessengerAdvanced", "IMessengerContactResolution"],
    ours: ["messengerPrivate"],
  },
  { name: "CONTACT", of: ["IMessengerContact", "IMessengerContactAdvanced"] },
  { name: "CONTACTS", of: ["IMessengerContacts"] },
  { name: "GROUP", of: ["IMessengerGroup"] },
  { name: "GROUPS", of: ["IMessengerGroups"] },
  { name: "SERVICE", of: ["IMessengerService"] },
  { name: "SERVICES", of: ["IMessengerServices"] },
  { name: "WINDOW", of: ["IMessengerWindow"] },
  {
    name: "CONVERSATION",
    of: ["IMessengerWindow", "IMessengerConversationWnd", "IMessengerConversationWndAdvanced"],
  },
  { name: "PRIVATE", of: ["IMessengerPrivate"] },
];

/** What a level of the documentation is called in `access`. */
const LEVELS = /** @type {Record<string, string>} */ ({
  page: "page",
  "page: read": "get",
  trusted: "trusted",
  "with a grant": "grant",
});

/**
 * Returns by which names a member is there, each with its level: a property with an argument that can be set is set by a
 * method of ours, and `ServiceID` has a second spelling, that of `MyServiceId`.
 *
 * @param {string} of
 * @param {Member} member
 * @returns {[name: string, level: string | undefined][]}
 */
function names(of, member) {
  const allowed = LEVELS[level(of, member)];
  const isCalled = member.kind === "property" && member.args !== "";
  const setter = member.name === "MyProperty" ? "setMyProperty" : "setProperty";
  return [
    [member.name, allowed],
    ...(member.name === "ServiceID" ? [/** @type {[string, string]} */ (["ServiceId", allowed])] : []),
    ...(isCalled && member.access === "read/write"
      ? [/** @type {[string, string]} */ ([setter, allowed === "get" ? "trusted" : allowed])]
      : []),
  ];
}

/** @param {{ name: string, of: string[], ours?: string[] }} Class */
function access({ name, of, ours = [] }) {
  const members = of.flatMap((one) => interfaceOf(one).members.flatMap((member) => names(one, member)));
  members.push(...ours.map((one) => /** @type {[string, string]} */ ([one, "trusted"])));
  const lines = Object.values(LEVELS).flatMap((one) => {
    const allowed = members.filter(([, allowed]) => allowed === one).map(([member]) => member);
    return allowed.length > 0 ? [`  ${one}: "${allowed.join(" ")}",`] : [];
  });
  return `export const ${name}_ACCESS = {\n${lines.join("\n")}\n};`;
}

const unavailable = CLASSES[0].of.flatMap((one) =>
  interfaceOf(one).members.filter(({ kind, honour }) => kind === "method" && honour === "notimpl"),
);

/** @param {string[]} texts */
const quoted = (texts) => texts.map((text) => JSON.stringify(text)).join(", ");

const tables = `// Events with their arguments, and the members that other people's scripts may use, of the automation API.
// ${BY}

/** @import { AutomationEventMap } from "mistatus" */

/**
 * The name of an event, without \`On\`.
 * @typedef {keyof AutomationEventMap} EventName
 */

/**
 * Names the arguments of each event, in their order. The last one of ContactStatusChange is ours, and only a field.
 * @type {Readonly<Record<EventName, readonly string[]>>}
 */
export const EVENTS = {
${events.map(({ name, fields }) => `  ${name}: [${quoted(fields)}],`).join("\n")}
};

/**
 * The events that a page's scripts hear; those that they do not hear are for trusted ones.
 * @type {readonly EventName[]}
 */
export const PAGE_EVENTS = [${quoted(events.filter(({ isForPages }) => isForPages).map(({ name }) => name))}];

/** The methods of the messenger that answer E_NOTIMPL whatever they are given. */
export const UNAVAILABLE = /** @type {const} */ ([${quoted(unavailable.map(({ name }) => name))}]);

// Which members are for which scripts, by class: for those of a page, to be read by them, for trusted ones, with a grant.

${CLASSES.map(access).join("\n\n")}
`;

// The names alone, for old pages.

const known = table.interfaces.filter(({ name }) => name !== "Name.NameCtrl" && name !== "IMessengerPrivate");
const all = known.flatMap(({ members }) => members).filter(({ name }) => name !== "_NewEnum");
const isMethod = (/** @type {Member} */ { kind, args }) => kind === "method" || (kind === "property" && args !== "");

/** @param {(member: Member) => boolean} has */
function words(has) {
  const sorted = [...new Set(all.filter(has).map(({ name }) => name))].sort();
  const lines = [""];
  for (const word of sorted) {
    const line = `${lines.at(-1)} ${word}`;
    if (line.length > 118) {
      lines.push(` ${word}`);
    } else {
      lines[lines.length - 1] = line;
    }
  }
  return `words(\`\n${lines.map((line) => ` ${line}`).join("\n")}\n\`)`;
}

const legacyNames = `// The documented names of the automation API: what is called, what is read, what is told. Only names: which of them are
// there, the Messenger object says.
// ${BY}

/** @param {string} text */
const words = (text) => text.trim().split(/\\s+/);

/** The members that are called: methods, and properties that take an argument. */
export const METHODS = ${words((member) => isMethod(member))};

/** The properties that are read, and sometimes set. */
export const PROPERTIES = ${words((member) => member.kind === "property" && !isMethod(member))};

/** The events. */
export const EVENTS = ${words(({ kind }) => kind === "event")};
`;

// The parts of the types.

/** @type {Record<string, string>} */
const regions = {
  statuses: `/** The statuses, frozen. */
export declare const MISTATUS: {
${statuses.map(({ name, value }) => `  readonly ${name}: ${hex(value)};`).join("\n")}
  /** Whether the online bit is set: true for INVISIBLE, false for UNKNOWN, OFFLINE and every LOCAL_ value. */
  isOnline(status: number): boolean;
};

/** The \`status\` attribute of the elements. */
export type StatusName = ${statuses.map(({ name }) => `| "${kebab(name)}"`).join(" ")};`,
  results: `/** The result codes, frozen: signed 32-bit numbers, negative for failure. */
export declare const HRESULT: {
${results.map(({ name, int32 }) => `  readonly ${name}: ${int32};`).join("\n")}
};`,
  events: `/** The events of the automation API by their names; \`addEventListener\` takes them with \`On\` before them as well. */
export interface AutomationEventMap {
${eventTypes.join("\n")}
}`,
  handlers: handlerTypes.join("\n"),
};

/** @param {string} name */
function kebab(name) {
  return name.replace("LOCAL_", "").toLowerCase().replaceAll("_", "-");
}

/** @param {string} text */
function types(text) {
  return text.replace(
    /( *)\/\/ #region generated: (\w+).*?\/\/ #endregion/gs,
    (_, indent, name) =>
      `${indent}// #region generated: ${name}, by npm/generate.mjs\n${regions[name]}\n${indent}// #endregion`,
  );
}

/**
 * @param {string} file
 * @param {string} text
 */
function formatted(file, text) {
  const biome = `${ROOT}/node_modules/@biomejs/biome/bin/biome`;
  const options = ["format", `--stdin-file-path=${file}`, "--colors=off"];
  return execFileSync(process.execPath, [biome, ...options], { cwd: ROOT, input: text, encoding: "utf8" });
}

const isCheck = process.argv[2] === "--check";
const stale = [];
for (const [file, write] of Object.entries({
  "www/js/automation/constants.js": () => constants,
  "www/js/automation/tables.js": () => tables,
  "www/js/legacy/names.js": () => legacyNames,
  "npm/index.d.ts": types,
  // After the types, of which it is made, too.
  "npm/custom-elements.json": () => JSON.stringify(elements(ROOT)),
})) {
  const before = await readFile(`${ROOT}/${file}`, "utf8").catch(() => "");
  const after = formatted(file, write(before));
  if (after !== before) {
    stale.push(file);
    if (!isCheck) {
      await writeFile(`${ROOT}/${file}`, after);
    }
  }
}
if (isCheck && stale.length > 0) {
  console.error(`not as npm/generate.mjs makes them: ${stale.join(", ")}; run \`node npm/generate.mjs\``);
  process.exit(1);
}
