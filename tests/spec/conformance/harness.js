// Runs the cases of the conformance test in a page, member by member of the table, and returns what is wrong.
// Knows the table and the rules of trust; what provokes which answer stands in cases.js.

import { cases } from "./cases.js";
import { objectOf, World } from "./world.js";

/** Codes that no script can provoke, whichever member documents them. */
const NEVER = [
  [/^RPC_X_NULL_REF_POINTER$/, "scripts pass no out-pointers"],
  [/^E_OUTOFMEMORY$/, "a page does not learn of it"],
  [/_UI_ACTIVE$/, "nothing of this is modal"],
  [/^\?$/, "the sources have no table of results"],
];

/** Members that need more than the trust that the table says, or less. */
const GRANTED = new Set(["IMessengerConversationWndAdvanced.SendText"]);

let patience = 5_000;

/** Goes through the whole table; returns a line for each thing that is not as documented. */
export async function run(table, options) {
  const wrong = [];
  const members = new Map();
  for (const type of table.interfaces) {
    for (const member of type.members) {
      members.set(`${type.name}.${member.name}`, { type: type.name, member });
    }
  }
  for (const name of Object.keys(cases).filter((name) => !members.has(name))) {
    wrong.push(`${name}: has a case, but stands in no table`);
  }
  patience = options.patience ?? patience;
  const world = await inTime(World.make(options), 60_000);
  for (const [name, { type, member }] of members) {
    const checks = cases[name];
    if (!checks) {
      wrong.push(`${name}: has no case`);
    } else if (!checks.elsewhere) {
      for (const problem of await checkMember(world, type, member, checks)) {
        wrong.push(`${name}: ${problem}`);
      }
    }
  }
  world.end();
  return { count: members.size, elsewhere: Object.keys(cases).filter((name) => cases[name].elsewhere), wrong };
}

async function checkMember(world, type, member, checks) {
  const problems = [];
  const check = async (what, act) => {
    try {
      const problem = await inTime(act(), patience);
      if (problem) {
        problems.push(`${what}: ${problem}`);
      }
    } catch (error) {
      problems.push(`${what}: ${error.code ?? error.name}: ${error.message}`);
    }
  };
  for (const level of ["owner", "trusted", "page"]) {
    if (level !== "page" || type !== "IMessengerPrivate") {
      await check(`at ${level}, shape`, () => shape(world, world[level], type, member));
    }
    await check(`at ${level}, trust`, () =>
      member.kind === "event" ? hearing(world, level, member, checks) : trust(world, level, type, member, checks),
    );
  }
  if (checks.works) {
    await check("works", () => checks.works(world));
  } else if (member.honour !== "notimpl" && member.kind !== "event") {
    problems.push("its case does not say what it does");
  }
  const codes = member.errors.map(({ code }) => code);
  for (const code of Object.keys(checks.errors ?? {}).filter((code) => !codes.includes(code))) {
    problems.push(`${code}: has a case, but is not documented`);
  }
  for (const { code, when } of member.honour === "notimpl" ? [] : member.errors) {
    if (!NEVER.some(([pattern]) => pattern.test(code))) {
      await check(`${code} (${when})`, () => documented(world, code, checks.errors?.[code]));
    }
  }
  return problems;
}

// An event that does not come must not keep the others from being tried.
async function inTime(promise, ms) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("what was waited for did not come")), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function shape(world, root, type, member) {
  if (member.kind === "event") {
    return member.name in root ? undefined : "is not there";
  }
  const object = objectOf(world, root, type);
  const descriptor = find(object, member.name);
  if (!descriptor) {
    return "is not there";
  }
  const called = member.kind === "method" || member.args !== "";
  if (called) {
    const put = member.name === "MyProperty" ? "setMyProperty" : "setProperty";
    if (typeof descriptor.value !== "function") {
      return "is no function";
    }
    return member.access === "read/write" && typeof find(object, put)?.value !== "function"
      ? `${put} is not there`
      : undefined;
  }
  if (!descriptor.get) {
    return "cannot be read";
  }
  return Boolean(descriptor.set) === (member.access === "read/write") ? undefined : `is not ${member.access}`;
}

function find(object, name) {
  for (let from = object; from; from = Object.getPrototypeOf(from)) {
    const descriptor = Object.getOwnPropertyDescriptor(from, name);
    if (descriptor) {
      return descriptor;
    }
  }
  return undefined;
}

/** Returns what the table lets a level do: nothing, read, or everything. */
function allowed(level, type, member) {
  if (member.honour === "notimpl") {
    return "nothing";
  }
  if (level === "owner") {
    return "everything";
  }
  const script = member.script_wm === "absent" ? member.script_oc : member.script_wm;
  if (level === "trusted") {
    return script === "notimpl" || GRANTED.has(`${type}.${member.name}`) ? "nothing" : "everything";
  }
  return { yes: "everything", einval: "everything", get: "read" }[script] ?? "nothing";
}

async function trust(world, level, type, member, { touch, put }) {
  const may = allowed(level, type, member);
  const answer = (act) =>
    world.answer(world[level], () => act(objectOf(world, world[level], type), world[level], world));
  const read = touch ? answer(touch) : answer((object) => object[member.name]);
  if ((read === "E_NOTIMPL") !== (may === "nothing")) {
    return `answers ${read}, where ${may} is allowed`;
  }
  if (member.access === "read/write") {
    const written = answer(put);
    if ((written === "E_NOTIMPL") !== (may !== "everything")) {
      return `answers ${written} when set, where ${may} is allowed`;
    }
  }
  return undefined;
}

async function hearing(world, level, member, { fires, fresh }) {
  const messenger = fresh ? await world.connect(world.name()) : world.owner;
  const root = level === "owner" ? messenger : messenger.scriptable(level);
  const { name } = member;
  if (root[name] !== null) {
    return "has a handler before there is one";
  }
  const heard = [];
  root[name] = (...args) => heard.push(args);
  if (typeof root[name] !== "function") {
    return "does not take a handler";
  }
  try {
    if (member.honour === "notimpl") {
      return fires ? "its case makes it fire, which the table says cannot be" : undefined;
    }
    // Whoever fires it waits until the owner has been told; the others are told in the same task.
    await fires(world, messenger);
    const script = member.script_wm === "absent" ? "no" : member.script_wm;
    if (heard.length > 0 !== (level !== "page" || script === "yes")) {
      return heard.length > 0 ? "is heard" : "is not heard";
    }
    const count = member.args === "" ? 0 : member.args.split(",").length;
    const odd = heard.find((args) => args.length !== count);
    return odd && `has ${odd.length} arguments, ${count} are documented`;
  } finally {
    root[name] = null;
  }
}

async function documented(world, code, provoke) {
  if (typeof provoke === "string") {
    return undefined;
  }
  if (provoke === undefined) {
    return "nothing provokes it";
  }
  for (const [index, attempt] of [provoke].flat().entries()) {
    const answer = await world.provoked(attempt);
    if (answer !== code) {
      return `attempt ${index + 1} answers ${answer}`;
    }
  }
  return undefined;
}
