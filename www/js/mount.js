// Draws a component of the WebAssembly into an element's shadow root. Converts only.

import conversationStyle from "../../src/ui/conversation/style.css";
import listStyle from "../../src/ui/list/style.css";
import { movable } from "./movable.js";
import { adopter } from "./sheets.js";

// Not with the loader's: nobody sees these before the WebAssembly is there.
const adoptPanelStyles = adopter(listStyle + conversationStyle);

/**
 * @param {object} glue the WebAssembly's exports
 * @param {object} client the messenger's client
 * @param {ShadowRoot} root
 * @param {object} drawing what the element wants, see `drawing()` of the element classes
 * @param {(status: number, kebab: string, stale: boolean) => void} onShow
 */
export function mount(glue, client, root, drawing, onShow) {
  const { kind, language, refused } = drawing;
  if (kind === "me") {
    const mounted = glue.mountMyStatus(root, client, drawing.states, language, onShow);
    const tell = () => mounted.refusedStates && refused(mounted.refusedStates);
    tell();
    return handle(mounted, (...updates) => {
      mounted.updateMyStatus(...updates);
      tell();
    });
  }
  if (kind === "list") {
    adoptPanelStyles(root);
    return panel(glue.mountContactList(root, client, drawing.sort, drawing.filter, language, drawing.converse));
  }
  if (kind === "conversation") {
    return conversation(glue, client, root, drawing);
  }
  const draw = (contact) =>
    glue.mountContactStatus(root, client, contact, drawing.label, drawing.size, language, onShow);
  let mounted;
  try {
    mounted = draw(drawing.contact);
  } catch (error) {
    refused(error.message);
    mounted = draw("");
  }
  return handle(mounted, (...updates) => mounted.updateContactStatus(...updates));
}

// A conversation that is closed is not there: nobody reads it.
function conversation(glue, client, root, { contact, open, language, refused, close }) {
  if (!open || contact === "") {
    return { update() {}, focus() {}, unmount() {} };
  }
  adoptPanelStyles(root);
  let mounted;
  try {
    mounted = glue.mountConversation(root, client, contact, language, close);
  } catch (error) {
    refused(error.message);
    return { update() {}, focus() {}, unmount() {} };
  }
  const drawn = panel(mounted);
  const stay = movable(root.host, root);
  return {
    ...drawn,
    update: (tag) => drawn.update("", "", tag),
    unmount: () => {
      stay();
      drawn.unmount();
    },
  };
}

function panel(mounted) {
  return {
    update: (...updates) => mounted.update(...updates),
    focus: () => mounted.focus(),
    openAdd: (name) => mounted.openAdd(name),
    unmount: () => {
      mounted.unmount();
      mounted.free();
    },
  };
}

function handle(mounted, update) {
  return {
    update,
    watch: (near) => mounted.watch(near),
    lastKnownText: (tag) => mounted.lastKnownText(tag),
    unmount: () => {
      mounted.unmount();
      mounted.free();
    },
  };
}
