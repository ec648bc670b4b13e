// The second file of the script tag: everything that needs the WebAssembly. The loader imports it when the page is there.

export { connect, open } from "../automation/connect.js";
export { MessengerContact, MessengerContacts } from "../automation/contacts.js";
export { isMessengerError, MessengerError } from "../automation/errors.js";
export { Messenger } from "../automation/messenger.js";
export { useTexts } from "./texts.js";
export { load, useResponse } from "./wasm.js";
