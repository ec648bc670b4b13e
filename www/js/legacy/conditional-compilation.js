// JScript's conditional compilation: makes of a script what Internet Explorer ran of it. Text in, text out; the lines keep
// their numbers. What cannot be read stays as it is.

/** What its scripts could ask for. */
const VARIABLES = {
  _jscript: true,
  _jscript_build: 16_421,
  _jscript_version: 9,
  _win32: true,
  _x86: true,
};

const BEGINS = /\/[/*]@(?:cc_on|if|set)\b/;

const TOKEN =
  /(?<text>"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'|`(?:[^`\\]|\\[\s\S])*`)|(?<open>\/[/*])@(?<word>\w*)|(?<comment>\/\/.*|\/\*[\s\S]*?\*\/)|(?<close>@\*\/)|@(?<name>\w+)|(?<pattern>\/(?:[^\\/\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/)|(?<space>\s+)|[\w$]+|\+\+|--|[\s\S]/y;

// After what a slash begins a regular expression.
const BEFORE_PATTERN = /^(?:[-+*%=<>&|^!~?:;,([{}]|return|typeof|case|in|of|else|do|void)?$/;

/**
 * Returns what of a text was run.
 * @param {string} text
 */
export function compiled(text) {
  try {
    return BEGINS.test(text) ? new Compiler(text).compile() : text;
  } catch (error) {
    if (error instanceof SyntaxError) {
      return text;
    }
    throw error;
  }
}

class Compiler {
  #text;
  #at = 0;
  #isOn = false;
  #out = "";
  #before = "";
  /** @type {Record<string, number | boolean>} */
  #variables = { ...VARIABLES };
  // The conditions that what comes next is inside of: whether it holds, and whether one of its branches has held.
  /** @type {{ holds: boolean, held: boolean }[]} */
  #inside = [];

  /** @param {string} text */
  constructor(text) {
    this.#text = text;
  }

  compile() {
    while (this.#at < this.#text.length) {
      this.#token();
    }
    if (this.#inside.length > 0) {
      throw new SyntaxError("an @if without @end");
    }
    return this.#out;
  }

  #token() {
    const { 0: token, groups } = this.#match(TOKEN);
    const { text, open, word, comment, close, name, pattern, space } = groups ?? {};
    if (open && (this.#isOn || /^(?:cc_on|if|set)$/.test(word))) {
      // From here on it is no comment.
      this.#isOn = true;
      this.#directive(word);
    } else if (open || (pattern && !BEFORE_PATTERN.test(this.#before))) {
      this.#skipComment(token, open);
    } else if (this.#isOn && name) {
      this.#directive(name);
    } else if (!(this.#isOn && close)) {
      this.#emit(token);
      if (!space && !comment) {
        this.#before = text ? '"' : token;
      }
    }
  }

  // What only began like something of ours.
  /**
   * @param {string} token
   * @param {string | undefined} open
   */
  #skipComment(token, open) {
    this.#at -= token.length;
    if (open) {
      this.#emit(this.#match(/\/\/.*|\/\*[\s\S]*?\*\//y)[0]);
    } else {
      this.#emit("/");
      this.#before = "/";
      this.#at += 1;
    }
  }

  /** @param {string} word */
  #directive(word) {
    const parent = this.#inside.at(-2)?.holds ?? true;
    const current = this.#inside.at(-1);
    switch (word) {
      case "":
      case "cc_on":
        return;
      case "if": {
        const holds = Boolean(this.#value()) && this.#holds;
        this.#inside.push({ holds, held: holds });
        return;
      }
      case "elif":
      case "else": {
        if (!current) {
          throw new SyntaxError(`an @${word} without @if`);
        }
        const holds = (word === "else" || Boolean(this.#value())) && !current.held && parent;
        current.holds = holds;
        current.held ||= holds;
        return;
      }
      case "end":
        this.#inside.pop();
        return;
      case "set": {
        const [, name] = this.#match(/\s*@(\w+)\s*=/y);
        const value = this.#value();
        if (this.#holds) {
          this.#variables[name] = value;
        }
        return;
      }
      default:
        this.#emit(` ${this.#variables[word] ?? "NaN"} `);
        this.#before = "0";
    }
  }

  get #holds() {
    return this.#inside.at(-1)?.holds ?? true;
  }

  /** @param {string} text */
  #emit(text) {
    this.#out += this.#holds ? text : text.replace(/[^\n]+/g, "");
  }

  // The value of the expression that comes next; in conditions it stands in parentheses.
  #value(binding = 0) {
    let left = this.#operand();
    for (;;) {
      const operator = /\s*(\|\||&&|[=!]==?|[<>]=?|[-+*%]|\/(?![/*]))/y;
      operator.lastIndex = this.#at;
      const [token, name] = operator.exec(this.#text) ?? [];
      const strength = STRENGTH.findIndex((names) => names.includes(/** @type {string} */ (name)));
      // An expression without parentheses ends where its line does, and where its comment does.
      if (token === undefined || strength < binding || /\n/.test(token)) {
        return left;
      }
      this.#at += token.length;
      left = OPERATIONS[/** @type {string} */ (name)](left, this.#value(strength + 1));
    }
  }

  /** @returns {number | boolean} */
  #operand() {
    const [, sign, open, name, number] = this.#match(/[^\S\n]*(?:([-+!])|(\()|@(\w+)|(\d+(?:\.\d+)?|true\b|false\b))/y);
    if (sign) {
      const value = this.#operand();
      return sign === "!" ? !value : Number(`${sign}1`) * Number(value);
    }
    if (open) {
      const value = this.#value();
      this.#match(/\s*\)/y);
      return value;
    }
    return name ? (this.#variables[name] ?? Number.NaN) : JSON.parse(number);
  }

  /** @param {RegExp} pattern sticky */
  #match(pattern) {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (!match) {
      throw new SyntaxError(`not understood: ${this.#text.slice(this.#at, this.#at + 20)}`);
    }
    this.#at += match[0].length;
    return match;
  }
}

/** Operators, from the weakest to the strongest. */
const STRENGTH = [["||"], ["&&"], ["==", "!=", "===", "!=="], ["<", ">", "<=", ">="], ["+", "-"], ["*", "/", "%"]];

/** @typedef {number | boolean} Value */

/** @type {Record<string, (left: any, right: any) => Value>} */
const OPERATIONS = {
  "||": (left, right) => left || right,
  "&&": (left, right) => left && right,
  "==": (left, right) => Number(left) === Number(right),
  "!=": (left, right) => Number(left) !== Number(right),
  "===": (left, right) => left === right,
  "!==": (left, right) => left !== right,
  "<": (left, right) => left < right,
  ">": (left, right) => left > right,
  "<=": (left, right) => left <= right,
  ">=": (left, right) => left >= right,
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  "/": (left, right) => left / right,
  "%": (left, right) => left % right,
};
