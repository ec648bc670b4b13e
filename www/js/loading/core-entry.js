// The second file of the script tag: everything that needs the WebAssembly. The loader imports it when the page is there.

export { connect, open } from "../automation/connect.js";
export { Messenger } from "../automation/messenger.js";
export { MessengerContact, MessengerContacts } from "../automation/contacts.js";
export { MessengerError, isMessengerError } from "../automation/errors.js";
export { load, useResponse } from "./wasm.js";
