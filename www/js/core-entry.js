// The second file of the script tag: everything that needs the WebAssembly. The loader imports it when the page is there.

export { connect, open, Messenger } from "./messenger.js";
export { MessengerContact, MessengerContacts } from "./contacts.js";
export { MessengerError, isMessengerError } from "./errors.js";
export { load, useResponse } from "./wasm.js";
