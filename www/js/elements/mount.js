// Draws a component of the WebAssembly into an element's shadow root. Converts only.

import pickerStyle from "../../../src/ui/picker/style.css";
import { adopter } from "./sheets.js";
import { whenThere } from "../loading/wasm-panels.js";

// Not with the loader's: nobody sees it before the WebAssembly is there. The panels have the picker's buttons and menu.
const adoptPickerStyle = adopter(pickerStyle);

/**
 * @param {object} glue the WebAssembly's exports
 * @param {object} client the messenger's client
 * @param {ShadowRoot} root
 * @param {object} drawing what the element wants, see `drawing()` of the element classes; `arrived` is called when its
 *   fallback is of no more use, `failed` with why it is not yet
 * @param {(status: number, kebab: string, stale: boolean) => void} onShow
 */
export function mount(glue, client, root, drawing, onShow) {
  const { kind, language, refused } = drawing;
  if (kind === "list") {
    return panel(root, drawing, () =>
      glue.mountContactList(root, client, drawing.sort, drawing.filter, language, drawing.converse),
    );
  }
  if (kind === "conversation") {
    return conversation(glue, client, root, drawing);
  }
  drawing.arrived();
  if (kind === "me") {
    adoptPickerStyle(root);
    const mounted = glue.mountMyStatus(root, client, drawing.states, language, onShow);
    const tell = () => mounted.refusedStates && refused(mounted.refusedStates);
    tell();
    return handle(mounted, (...updates) => {
      mounted.updateMyStatus(...updates);
      tell();
    });
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
function conversation(glue, client, root, drawing) {
  const { contact, open, language, refused, close } = drawing;
  if (!open || contact === "" || !isName(client, contact, refused)) {
    drawing.arrived();
    return { update() {}, focus() {}, unmount() {} };
  }
  let stay = () => {};
  const draw = () => glue.mountConversation(root, client, contact, language, close);
  const drawn = panel(root, drawing, draw, ({ movable }) => {
    stay = movable(root.host, root);
  });
  return {
    ...drawn,
    update: (tag) => drawn.update("", "", tag),
    unmount: () => {
      stay();
      drawn.unmount();
    },
  };
}

// Now, not when the panel is there: what is wrong with a page does not wait for a file.
function isName(client, contact, refused) {
  try {
    client.signinKey(contact);
    return true;
  } catch (error) {
    refused(error.message);
    return false;
  }
}

// What draws it comes in a file of its own: until it is there, what is asked of it waits, in its order.
function panel(root, { arrived, failed }, draw, drawn = () => {}) {
  let mounted;
  let isGone = false;
  let isAdding = false;
  const asked = [];
  const end = (there) => {
    there.unmount();
    there.free();
  };
  const show = async (script) => {
    adoptPickerStyle(root);
    script.adoptPanelStyles(root);
    const there = await draw();
    if (!isGone) {
      arrived();
      drawn(script);
    }
    // Whatever is asked meanwhile comes after.
    while (asked.length > 0 && !isGone) {
      asked.shift()(there);
    }
    if (isGone) {
      end(there);
    } else {
      mounted = there;
    }
  };
  const forget = whenThere((script) => show(script).catch(reportError), failed);
  const ask = (act) => (mounted ? act(mounted) : void asked.push(act));
  return {
    update: (...updates) => ask((there) => there.update(...updates)),
    focus: () => ask((there) => there.focus()),
    openAdd: (name) => {
      // The field is open as soon as somebody has asked for it.
      const isFirst = !isAdding;
      isAdding = true;
      return ask((there) => there.openAdd(name)) ?? isFirst;
    },
    unmount: () => {
      isGone = true;
      forget();
      if (mounted) {
        end(mounted);
      }
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
