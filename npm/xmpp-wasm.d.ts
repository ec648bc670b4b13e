// The types of `mistatus/xmpp-wasm`: importing it says where the WebAssembly of `mistatus/xmpp` lies; no value is exported.

export {};
