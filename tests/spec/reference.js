// Writes docs/AUTOMATION-API.md from the table of the automation API. The test that compares them writes the file when
// it is run with BLESS=1.

const HEAD = `# The automation API

<!-- Written from tests/spec/automation-api.json by tests/spec/reference.js; run tests/e2e/conformance.spec.js with BLESS=1 after a change. -->

The PascalCase members of a messenger are the scriptable object model of Windows Messenger and Office Communicator 2007.
This page lists all of them, with what each does here and what it answers; tests/e2e/conformance.spec.js tries each one in a browser.
Members in camelCase are ours and stand in npm/index.d.ts.

## How it is honoured

| word | meaning |
|---|---|
| exact | signature, results and what can be observed are as they were |
| adapted | the signature is as it was; what it does is what a page can do |
| not there | answers E_NOTIMPL; an event takes a handler and never fires |

## Who may call what

The object that \`connect\` returns is the owner's and may do everything.
\`messenger.scriptable("page")\` and \`messenger.scriptable("trusted")\` return objects for other people's scripts: what is beyond their level answers E_NOTIMPL, and an event beyond it is not heard.
*Read* means that a page's scripts may read and not set.
\`SendText\` needs \`scriptable("trusted", { sendText: true })\`, and is held to 20 messages a minute.
\`MessengerPrivate.AddContact\` asks the user first unless the owner calls: by \`confirm\` of the options of \`connect\`, else by the browser's own question.

## Results and errors

A failing code throws a \`MessengerError\` with \`number\`, \`hresult\` and \`code\`; S_FALSE throws nothing and is seen in \`lastHResult\`, which each PascalCase call sets.
Checks come in this order: the arguments, that somebody is signed in, that it is not oneself, what is not to be had, the rest.
\`GetContact\`, \`UnreadEmailCount\`, \`AutoSignin\` and \`Signin\` do not throw for being signed out or in already: they answer nothing, with S_FALSE.
Whatever changes something only starts it, and the verdict is an event, told in a later task, when the objects already have the new state.
\`Property(x) = v\` cannot be written in today's JavaScript: it is \`setProperty(x, v)\`, and \`setMyProperty(x, v)\` for \`MyProperty\`.
After \`close()\` every member answers E_FAIL. A conversation that was closed, or ended by a sign-out, answers E_FAIL too, save \`Close\`, which answers S_FALSE.

## What a page decides

A member that opened a dialog asks the page, by an event of the messenger that it answers with \`preventDefault()\`:

| member | event | detail | when nobody answers |
|---|---|---|---|
| \`Signin\`, and the button *Sign in* of the elements | \`signin-request\` | | E_FAIL; the button signs in with what the page gave |
| \`OptionsPages\` | \`options-request\` | \`page\` | E_FAIL |
| \`FindContact\` | \`find-contact-request\` | the names and places asked for | E_NOTIMPL |
| \`AddContact\` without a name, or not by the owner | \`add-contact-request\`, where the page shows no contact list | \`signinName\` | E_FAIL |

A page with a \`<mi-contact-list>\` answers \`FindContact\` by \`list.openAdd(name)\`, which offers people of the server's directory, where it has one; \`messenger.findPeople\` is the search for scripts of the owner.
\`ResolveContact\` does not search: sign-in names are addresses, and whether somebody has one is no part of the answer.
\`AddContact\` by the owner with a name adds at once. \`Window\` is the page's \`<mi-contact-list>\`, or one that is made when it is first shown.
Conversations are between two people: a second participant is answered by MSGR_E_SESSION_FULL.
A lost connection leaves windows open; they answer E_FAIL until it is back.
Whoever is in no group is in "Other Contacts", the last of \`MyGroups\`, which can be neither renamed nor removed.
`;

const HONOUR = { exact: "exact", adapted: "adapted", notimpl: "not there" };

/**
 * @typedef {object} Member
 * @property {string} name
 * @property {"method" | "property" | "event"} kind
 * @property {string} access
 * @property {string} args
 * @property {string} returns
 * @property {"exact" | "adapted" | "notimpl"} honour
 * @property {{ code: string, when: string }[]} errors
 * @property {string} script_wm
 * @property {string} script_oc
 * @property {string} semantics
 * @property {string} browser
 */

/** @typedef {{ name: string, inherits: string, iid?: string, members: Member[] }} Interface */

/**
 * Returns the text of docs/AUTOMATION-API.md.
 * @param {{ interfaces: Interface[] }} table
 */
export function reference({ interfaces }) {
  return [HEAD, ...interfaces.map(section)].join("\n");
}

/** @param {Interface} one */
function section({ name, inherits, iid, members }) {
  const from = inherits && inherits !== "IDispatch" ? ` (: ${inherits})` : "";
  const id = iid ? `IID \`${iid}\`.\n\n` : "";
  const rows = members.map((member) =>
    [
      signature(member),
      level(name, member),
      member.semantics,
      errors(member),
      `${HONOUR[member.honour]}: ${member.browser || "as documented"}`,
    ]
      .map(cell)
      .join(" | "),
  );
  const head = "| member | scripts | what it is | answers beside S_OK | here |\n|---|---|---|---|---|";
  return `## ${name}${from}\n\n${id}${head}\n${rows.map((row) => `| ${row} |`).join("\n")}\n`;
}

/** @param {Member} member */
function signature({ name, kind, access, args, returns }) {
  const call = kind === "method" || kind === "event" || args !== "" ? `(${args})` : "";
  const result = returns ? ` → ${returns}` : "";
  return `\`${name}${call}${result}\`${access === "read/write" ? " (read, set)" : access === "read" ? " (read)" : ""}`;
}

/**
 * Which scripts may use a member: the rule that the conformance test holds the objects to.
 * @param {string} type
 * @param {Member} member
 * @returns {string}
 */
export function level(type, { name, honour, script_wm, script_oc }) {
  if (honour === "notimpl") {
    return "none";
  }
  if (type === "Name.NameCtrl") {
    return "page";
  }
  const script = script_wm === "absent" ? (name.startsWith("On") ? "no" : script_oc) : script_wm;
  const trusted = name === "SendText" ? "with a grant" : "trusted";
  const levels = /** @type {Partial<Record<string, string>>} */ ({ yes: "page", einval: "page", get: "page: read" });
  return levels[script] ?? trusted;
}

/** @param {Member} member */
function errors({ honour, errors }) {
  if (honour === "notimpl") {
    return "E_NOTIMPL";
  }
  return errors
    .filter(({ code }) => code !== "RPC_X_NULL_REF_POINTER" && code !== "?")
    .map(({ code, when }) => `${code}: ${when}`)
    .join("; ");
}

/** @param {unknown} text */
function cell(text) {
  return (
    String(text ?? "")
      .replaceAll("|", "\\|")
      .replaceAll("\n", " ") || "–"
  );
}
