// Makes the manifest of the custom elements (npm/custom-elements.json) for npm/generate.mjs: attributes, events, slots, parts,
// custom properties and states from the tags in the comments of the element classes, fields and methods from their public types.
// Knows nothing of the automation API.

import { readFileSync } from "node:fs";

import ts from "typescript";

/** @import * as manifest from "custom-elements-manifest" */

const CLASSES = "www/js/elements/elements.js";
const TYPES = "npm/index.d.ts";

/** What stands behind a tag: `{type} name - description`, or `[name=default]` in the place of the name. */
const TAG =
  /^\s*(?:\{(?<type>.*?)\}\s+(?=[[\w]))?(?:\[(?<optional>[\w-]+)=(?<value>.*?)\]|(?<name>[\w-]+))?\s*(?:-\s+(?<description>.*))?$/s;

/** What a class of the public types has, by its name. */
class PublicTypes {
  #checker;
  #source;

  /** @param {string} root */
  constructor(root) {
    const options = { strict: true, target: ts.ScriptTarget.ES2022, types: [] };
    const program = ts.createProgram([`${root}/${TYPES}`], options);
    const source = program.getSourceFile(`${root}/${TYPES}`);
    if (!source) {
      throw new Error(`${TYPES} is missing`);
    }
    this.#checker = program.getTypeChecker();
    this.#source = source;
  }

  /**
   * Returns fields and methods of a class, as a manifest has them.
   * @param {string} name
   * @returns {(manifest.ClassField | manifest.ClassMethod)[]}
   */
  members(name) {
    const found = this.#source.statements.find(
      (statement) => ts.isClassDeclaration(statement) && statement.name?.text === name,
    );
    if (!found || !ts.isClassDeclaration(found)) {
      throw new Error(`${TYPES} has no class ${name}`);
    }
    /** @type {(manifest.ClassField | manifest.ClassMethod)[]} */
    const members = [];
    for (const member of found.members) {
      if (ts.isPropertyDeclaration(member)) {
        members.push(this.#field(member));
      } else if (ts.isMethodDeclaration(member)) {
        members.push(this.#method(member));
      }
    }
    return members;
  }

  /**
   * @param {ts.PropertyDeclaration} member
   * @returns {manifest.ClassField}
   */
  #field(member) {
    const isReadonly = member.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ReadonlyKeyword);
    return {
      kind: "field",
      name: member.name.getText(),
      type: this.#type(member),
      ...described(member),
      ...(isReadonly && { readonly: true }),
    };
  }

  /**
   * @param {ts.MethodDeclaration} member
   * @returns {manifest.ClassMethod}
   */
  #method(member) {
    const parameters = member.parameters.map((parameter) => ({
      name: parameter.name.getText(),
      type: { text: parameter.type?.getText() ?? "unknown" },
      ...(parameter.questionToken && { optional: true }),
    }));
    return {
      kind: "method",
      name: member.name.getText(),
      ...(parameters.length > 0 && { parameters }),
      return: { type: { text: member.type?.getText() ?? "void" } },
      ...described(member),
    };
  }

  /**
   * Returns the texts of which a type is the union.
   * @param {string} name
   */
  texts(name) {
    const found = this.#source.statements.find(
      (statement) => ts.isTypeAliasDeclaration(statement) && statement.name.text === name,
    );
    const type = found && this.#checker.getTypeAtLocation(found);
    if (!type?.isUnion()) {
      throw new Error(`${TYPES} has no union ${name}`);
    }
    return type.types.flatMap((one) => (one.isStringLiteral() ? [one.value] : []));
  }

  /** @param {ts.PropertyDeclaration} member */
  #type(member) {
    const { NoTruncation, UseAliasDefinedOutsideCurrentScope } = ts.TypeFormatFlags;
    const type = this.#checker.getTypeAtLocation(member);
    return { text: this.#checker.typeToString(type, member, NoTruncation | UseAliasDefinedOutsideCurrentScope) };
  }
}

/** @param {ts.Node} node */
function described(node) {
  const text = ts
    .getJSDocCommentsAndTags(node)
    .flatMap((comment) => (ts.isJSDoc(comment) ? ts.getTextOfJSDocComment(comment.comment) : undefined) ?? [])
    .join("\n");
  return text && { description: text };
}

/**
 * Returns a tag's parts: `{type} [name=default] - description`.
 * @param {ts.JSDocTag} tag
 */
function parts(tag) {
  // As it is written: what TypeScript understands of a tag is taken out of its comment.
  const text = tag
    .getText()
    .replace(/^@\w+/, "")
    .replaceAll(/\n\s*\*\s*/g, " ")
    .trim();
  const found = TAG.exec(text)?.groups;
  if (!found) {
    throw new Error(`${CLASSES}: this is no {type} [name=default] - description: ${text}`);
  }
  const { type, optional, name = optional ?? "", value, description } = found;
  return { type, name, value, description };
}

/**
 * @param {ts.ClassDeclaration} Class
 * @param {PublicTypes} types
 * @returns {manifest.CustomElementDeclaration}
 */
function declaration(Class, types) {
  const name = Class.name?.text ?? "";
  const tags = ts.getJSDocTags(Class);
  const tagged = (/** @type {string[]} */ ...names) =>
    tags.filter(({ tagName }) => names.includes(tagName.text)).map(parts);
  const members = types.members(name);
  const field = (/** @type {string} */ attribute) =>
    members.find(
      (member) =>
        member.kind === "field" &&
        !member.readonly &&
        member.name === attribute.replaceAll(/-(\w)/g, (_, letter) => letter.toUpperCase()),
    );

  const attributes = tagged("attr").map(({ name, type = "string", value, description }) => {
    const property = field(name);
    if (property?.kind === "field") {
      Object.assign(property, { attribute: name, reflects: true });
    }
    return {
      name,
      ...(property && { fieldName: property.name }),
      type: { text: type },
      ...(value !== undefined && { default: value }),
      description,
    };
  });
  const events = tagged("fires").map(({ name, type = "CustomEvent", description }) => ({
    name,
    type: { text: type },
    description,
  }));
  const styled = (/** @type {string} */ tag) =>
    tagged(tag).map(({ name, value, description }) => ({
      name,
      ...(value !== undefined && { default: value }),
      description,
    }));
  // One whose type is a union stands for as many states.
  const states = tagged("cssState").flatMap(({ type, name, description }) =>
    (type ? types.texts(type) : [name]).map((name) => ({ name, description })),
  );
  const some = {
    attributes,
    members,
    events,
    slots: styled("slot"),
    cssParts: styled("csspart"),
    cssProperties: styled("cssprop"),
    cssStates: states,
  };
  return {
    kind: "class",
    name,
    customElement: true,
    tagName: tagged("element")[0].name,
    superclass: { name: "HTMLElement" },
    ...described(Class),
    ...Object.fromEntries(Object.entries(some).filter(([, list]) => list.length > 0)),
  };
}

/**
 * Returns the manifest of the elements.
 * @param {string} root the checkout's folder
 * @returns {manifest.Package}
 */
export function elements(root) {
  const text = readFileSync(`${root}/${CLASSES}`, "utf8");
  const source = ts.createSourceFile(CLASSES, text, ts.ScriptTarget.ES2022, true, ts.ScriptKind.JS);
  const types = new PublicTypes(root);
  const declarations = source.statements
    .filter((statement) => ts.isClassDeclaration(statement))
    .map((statement) => declaration(statement, types));
  return {
    schemaVersion: "2.1.0",
    readme: "README.md",
    modules: [
      {
        kind: "javascript-module",
        path: "dist/index.js",
        declarations,
        exports: declarations.map(({ name }) => ({ kind: "js", name, declaration: { name } })),
      },
      {
        kind: "javascript-module",
        path: "dist/define.js",
        declarations: [],
        exports: declarations.map(({ name, tagName = "" }) => ({
          kind: "custom-element-definition",
          name: tagName,
          declaration: { name, module: "dist/index.js" },
        })),
      },
    ],
  };
}
