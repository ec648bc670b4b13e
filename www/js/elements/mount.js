// Draws a component of the WebAssembly into an element's shadow root. Converts only.

import avatarStyle from "../../../src/ui/avatar/style.css";
import pickerStyle from "../../../src/ui/picker/style.css";
import { whenThere } from "../loading/wasm-panels.js";
import { withBox } from "./boxless.js";
import { focused, giveFocus } from "./focus.js";
import { followLanguage } from "./language.js";
import { adopter } from "./sheets.js";
import { keepTrue } from "./truth.js";

/**
 * @import { Client, Mounted, Panel } from "../../../npm/generated/wasm/mistatus.js"
 * @import { MessengerError } from "../automation/errors.js"
 * @import { Glue } from "../loading/wasm.js"
 * @import { DrawnElement } from "./element-base.js"
 * @import { MiConversationElement } from "./elements.js"
 * @import { Keeper } from "./keeper.js"
 * @import { PanelsScript } from "../loading/wasm-panels.js"
 */

// Not with the loader's: nobody sees it before the WebAssembly is there. The panels have the picker's buttons and menu.
const adoptPickerStyle = adopter(pickerStyle);
const adoptAvatarStyle = adopter(avatarStyle);

/**
 * What an element wants to be drawn.
 *
 * @typedef {ContactWanted | PickerWanted | ListWanted | ConversationWanted} Wanted
 * @typedef {{ kind: "contact", contact: string, label: string, size: string, picture?: string, language: string }}
 *   ContactWanted a picture, be it none, for an avatar
 * @typedef {{ kind: "me", states: string, mode: string, language: string }} PickerWanted
 * @typedef {{ kind: "list", sort: string, filter: string, language: string }} ListWanted
 * @typedef {{ kind: "conversation", contact: string, open: boolean, language: string, close: () => void }}
 *   ConversationWanted
 */

/**
 * The same with what the element's base adds.
 * @typedef {Wanted & Progress} Drawing
 */

/**
 * What is told of a drawing that may have to be loaded first.
 *
 * @typedef {object} Progress
 * @property {() => void} arrived is called when the element's fallback is of no more use
 * @property {() => void} uncover is called when what was known before has nothing more to say
 * @property {(message: string) => void} complain says what is wrong with the element, once
 * @property {Record<string, string | null>} truth what the element says of itself by attributes
 * @property {(error: MessengerError) => void} failed is called with why it still is
 */

/**
 * What can be done with what is drawn; each kind of drawing can do some of it.
 *
 * @typedef {object} Drawn
 * @property {(...updates: (string | undefined)[]) => void} update
 * @property {() => void} unmount
 * @property {(near: boolean) => void} [watch]
 * @property {() => void} [focus]
 * @property {(name: string) => boolean | undefined} [openAdd]
 */

/** @typedef {(status: number, kebab: string, stale: boolean) => void} OnShow */

/**
 * @param {Glue} glue the WebAssembly's exports
 * @param {Client} client the messenger's client
 * @param {ShadowRoot} root
 * @param {Drawing} drawing
 * @param {OnShow} onShow
 * @param {Keeper} keeper keeps what is shown for the next page
 * @param {(name: string) => void} converse is called with whom the user wants to write to
 * @returns {Drawn}
 */
export function mount(glue, client, root, drawing, onShow, keeper, converse) {
  const element = /** @type {DrawnElement} */ (root.host);
  keepTrue(element, drawing.truth);
  const drawn = drawWanted(glue, client, root, drawing, onShow, keeper, converse);
  const unfollow = followLanguage(element);
  return {
    ...drawn,
    update: (...updates) => {
      followLanguage(element);
      drawn.update(...updates);
    },
    unmount: () => {
      unfollow();
      drawn.unmount();
    },
  };
}

/**
 * @param {Glue} glue
 * @param {Client} client
 * @param {ShadowRoot} root
 * @param {Drawing} drawing
 * @param {OnShow} onShow
 * @param {Keeper} keeper
 * @param {(name: string) => void} converse
 * @returns {Drawn}
 */
function drawWanted(glue, client, root, drawing, onShow, keeper, converse) {
  const { language } = drawing;
  if (drawing.kind === "list") {
    return panel(root, drawing, () =>
      glue.mountContactList(root, client, drawing.sort, drawing.filter, language, converse),
    );
  }
  if (drawing.kind === "conversation") {
    return conversation(glue, client, root, drawing);
  }
  const { complain } = drawing;
  drawing.arrived();
  /** @type {Parameters<OnShow>} */
  let shown = [0, "unknown", false];
  const show = (/** @type {Parameters<OnShow>} */ ...told) => {
    shown = told;
    onShow(...told);
  };
  const keep = (/** @type {string} */ name, /** @type {Mounted} */ mounted) => {
    let tag = language;
    const forget = keeper.add(() => {
      const [status, kebab] = shown;
      const drawn = /** @type {HTMLElement | null} */ (root.querySelector("[lang]:not(.mi-last-known)"));
      return [name, { status, kebab, text: mounted.lastKnownText(tag), lang: drawn?.lang }];
    });
    return { forget, speak: (/** @type {string} */ language) => (tag = language) };
  };
  if (drawing.kind === "me") {
    adoptPickerStyle(root);
    // The button says by itself how far it is.
    drawing.uncover();
    const mounted = glue.mountMyStatus(root, client, drawing.states, drawing.mode, language, show);
    const tell = () => mounted.refusedStates && complain(`has states that cannot be chosen: ${mounted.refusedStates}`);
    tell();
    return handle(mounted, keep("", mounted), (...updates) => {
      mounted.updateMyStatus(.../** @type {[states: string, mode: string, language: string]} */ (updates));
      tell();
    });
  }
  // Until the server had its say: not yet told is not the same as unknown.
  keeper.cover(drawing.uncover);
  const { label, size, picture } = drawing;
  if (picture !== undefined) {
    adoptAvatarStyle(root);
  }
  const draw = (/** @type {string} */ contact) =>
    glue.mountContactStatus(root, client, contact, label, size, picture, language, show);
  if (drawing.contact === "") {
    complain('needs the attribute contact, for example contact="alice@example.com"');
  }
  let mounted;
  try {
    mounted = draw(drawing.contact);
  } catch (error) {
    complain(noName(error));
    mounted = draw("");
  }
  const drawn = handle(mounted, keep(drawing.contact, mounted), (...updates) =>
    mounted.updateContactStatus(
      .../** @type {[label: string, size: string, picture: string | undefined, language: string]} */ (updates),
    ),
  );
  const box = /** @type {Element} */ (root.querySelector(".mi-status:not(.mi-last-known)"));
  const { watch, end } = withBox(root.host, box, (near) => mounted.watch(near));
  return {
    ...drawn,
    watch,
    unmount: () => {
      end();
      drawn.unmount();
    },
  };
}

// A conversation that is closed is not there: nobody reads it.
/**
 * @param {Glue} glue
 * @param {Client} client
 * @param {ShadowRoot} root
 * @param {ConversationWanted & Progress} drawing
 * @returns {Drawn}
 */
function conversation(glue, client, root, drawing) {
  const { contact, open, language, close } = drawing;
  const element = /** @type {MiConversationElement} */ (root.host);
  if (!open || contact === "" || !isName(client, contact, drawing)) {
    drawing.arrived();
    return { update() {}, focus() {}, unmount() {} };
  }
  const draw = () => glue.mountConversation(root, client, contact, language, close);
  const drawn = panel(root, drawing, draw, ({ movable }) => movable(element, root));
  /** @type {Element | null | undefined} */
  let before;
  return {
    ...drawn,
    update: (tag) => drawn.update("", "", tag),
    focus: () => {
      if (!element.matches(":focus-within")) {
        before = focused();
      }
      drawn.focus();
    },
    unmount: () => {
      const isLeft = !element.open && element.matches(":focus-within");
      drawn.unmount();
      if (isLeft) {
        giveFocus(before);
      }
    },
  };
}

// Now, not when the panel is there: what is wrong with a page does not wait for a file.
/**
 * @param {Client} client
 * @param {string} contact
 * @param {Progress} progress
 */
function isName(client, contact, { complain }) {
  try {
    client.signinKey(contact);
    return true;
  } catch (error) {
    complain(noName(error));
    return false;
  }
}

/** @param {unknown} error */
const noName = (error) => `has a contact that is no sign-in name: ${/** @type {Error} */ (error).message}`;

// What draws it comes in a file of its own: until it is there, what is asked of it waits, in its order.
/**
 * @param {ShadowRoot} root
 * @param {Progress} progress
 * @param {() => Promise<Panel>} draw
 * @param {(script: PanelsScript) => () => void} [drawn] returns what ends it
 */
function panel(root, { arrived, failed }, draw, drawn = () => () => {}) {
  /** @type {Panel | undefined} */
  let mounted;
  let isGone = false;
  let front = () => {};
  let leave = () => {};
  let isAdding = false;
  /** @type {((there: Panel) => unknown)[]} */
  const asked = [];
  const end = (/** @type {Panel} */ there) => {
    there.unmount();
    there.free();
  };
  const show = async (/** @type {PanelsScript} */ script) => {
    adoptPickerStyle(root);
    script.adoptPanelStyles(root);
    const there = await draw();
    if (!isGone) {
      arrived();
      const end = drawn(script);
      const place = script.layer(/** @type {HTMLElement} */ (root.host));
      front = place.front;
      leave = () => {
        end();
        place.end();
      };
    }
    // Whatever is asked meanwhile comes after.
    while (asked.length > 0 && !isGone) {
      /** @type {(there: Panel) => unknown} */ (asked.shift())(there);
    }
    if (isGone) {
      end(there);
    } else {
      mounted = there;
    }
  };
  const forget = whenThere((script) => show(script).catch(reportError), failed);
  /** @type {<Value>(act: (there: Panel) => Value) => Value | undefined} */
  const ask = (act) => (mounted ? act(mounted) : void asked.push(act));
  return {
    update: (/** @type {(string | undefined)[]} */ ...updates) =>
      ask((there) => there.update(.../** @type {[sort: string, filter: string, language: string]} */ (updates))),
    focus: () =>
      ask((there) => {
        // What lies behind others may not be displayed.
        front();
        there.focus();
      }),
    openAdd: (/** @type {string} */ name) => {
      // The field is open as soon as somebody has asked for it.
      const isFirst = !isAdding;
      isAdding = true;
      return ask((there) => there.openAdd(name)) ?? isFirst;
    },
    unmount: () => {
      isGone = true;
      forget();
      leave();
      if (mounted) {
        end(mounted);
      }
    },
  };
}

/**
 * @param {Mounted} mounted
 * @param {{ forget: () => void, speak: (tag: string) => void }} kept
 * @param {(...updates: (string | undefined)[]) => void} update
 * @returns {Drawn}
 */
function handle(mounted, kept, update) {
  return {
    update: (...updates) => {
      // The language is the last of them.
      kept.speak(/** @type {string} */ (updates.at(-1)));
      update(...updates);
    },
    unmount: () => {
      kept.forget();
      mounted.unmount();
      mounted.free();
    },
  };
}
