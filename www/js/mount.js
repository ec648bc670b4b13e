// Draws a component of the WebAssembly into an element's shadow root. Converts only.

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
