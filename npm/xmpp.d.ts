// The types of `mistatus/xmpp`: those of `mistatus`.

export * from "./index.js";
