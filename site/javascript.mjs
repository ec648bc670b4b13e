// What docs/JAVASCRIPT-API.md says, from the public types in npm/index.d.ts: functions, options, our own members of the
// messenger and its events. The members of the automation API have a document of their own.

import { readFileSync } from "node:fs";

import ts from "typescript";

import { code, table } from "./tables.mjs";

const TYPES = "npm/index.d.ts";

/** What is listed with its members, each with what stands before its table. */
const LISTED = /** @type {Record<string, string>} */ ({
  ConnectOptions: "What `connect` takes.",
  XmppConnectOptions:
    "What `connect` of `mistatus/xmpp` takes in their place, beside those that are the same ([XMPP.md](XMPP.md)).",
  IdleOptions: "What [idle](EMBEDDING.md#idle) means on this page.",
  Messenger:
    "The members of ours, in camel case; those of the automation API are in [AUTOMATION-API.md](AUTOMATION-API.md).",
  StatusOptions: "What goes with a status that is set.",
  MessengerEventMap:
    "The events of ours, for `addEventListener`; those of the automation API are in [AUTOMATION-API.md](AUTOMATION-API.md#dmessengerevents--dispinterface).",
  MessengerError: "What fails throws, or rejects with, an error of this class.",
  Explanation: "What `explain` returns.",
  Claim: "What a program says about the user ([claims](EMBEDDING.md#claims-of-other-programs)).",
  Message: "What was written.",
  FoundPerson: "Somebody of the directory whom `findPeople` has found.",
  ContactRequest: "Who asks to see the user.",
  MessageDetail: "",
  ChatDetail: "",
  UnreadDetail: "",
  AddContactDetail: "",
  FindContactDetail: "",
  OptionsDetail: "",
  StatusChangeDetail: "",
  MyStatusChangeDetail: "",
});

/** @typedef {ts.InterfaceDeclaration | ts.ClassDeclaration} Declaration */

const text = readFileSync(new URL(`../${TYPES}`, import.meta.url), "utf8");
const source = ts.createSourceFile(TYPES, text, ts.ScriptTarget.ES2022, true);

/** @param {string} text */
const oneLine = (text) => text.replace(/\s+/g, " ").trim();

/** @param {ts.Node} node */
function described(node) {
  const [comment] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  return oneLine(ts.getTextOfJSDocComment(comment?.comment) ?? "").replaceAll("|", "\\|");
}

/**
 * Returns the row of a member, or nothing for what is no business of this document.
 *
 * @param {ts.TypeElement | ts.ClassElement} member
 */
function row(member) {
  const name = member.name?.getText().replaceAll('"', "") ?? "";
  const isOurs = /^[a-z]/.test(name) && !/EventListener$/.test(name);
  if (!isOurs) {
    return [];
  }
  if (ts.isMethodDeclaration(member) || ts.isMethodSignature(member)) {
    const parameters = member.parameters.map((one) => oneLine(one.getText())).join(", ");
    return [[code(`${name}(${parameters})`), code(oneLine(member.type?.getText() ?? "void")), described(member)]];
  }
  const type = ts.isPropertyDeclaration(member) || ts.isPropertySignature(member) ? member.type?.getText() : "";
  const isOptional = "questionToken" in member && member.questionToken;
  return [[code(isOptional ? `${name}?` : name), code(oneLine(type ?? "")), described(member)]];
}

/** @param {string} name */
function section(name) {
  const found = source.statements.find(
    (statement) =>
      (ts.isInterfaceDeclaration(statement) || ts.isClassDeclaration(statement)) && statement.name?.text === name,
  );
  if (!found) {
    throw new Error(`${TYPES} has no ${name}`);
  }
  const rows = /** @type {Declaration} */ (found).members.flatMap((member) => row(member));
  const head = ["name", "type", "what it is"];
  return [`## ${name}`, LISTED[name] || described(found), table(head, rows)].filter(Boolean).join("\n\n");
}

function functions() {
  const rows = source.statements.filter(ts.isFunctionDeclaration).map((one) => {
    const parameters = one.parameters.map((parameter) => oneLine(parameter.getText())).join(", ");
    return [code(`${one.name?.text}(${parameters})`), code(oneLine(one.type?.getText() ?? "")), described(one)];
  });
  return table(["function", "returns", "what it does"], rows);
}

/** Returns the whole document. */
export const javascriptApi = () => `# JavaScript API

<!-- Written by site/reference.mjs from npm/index.d.ts; do not edit. -->

What \`mistatus\` exports, and what \`window.mistatus\` has of it where a script tag loads the widget ([EMBEDDING.md](EMBEDDING.md#the-script-tag)).
The messenger speaks two languages: names in Pascal case are the documented automation API ([AUTOMATION-API.md](AUTOMATION-API.md)), names in camel case are ours, and return promises where they wait.
The elements are in the reference of each, as [\`<mi-status>\`](elements/mi-status.md).

## Functions

${functions()}
${Object.keys(LISTED).map(section).join("\n")}`;
