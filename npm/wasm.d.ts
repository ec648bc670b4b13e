// The types of `mistatus/wasm`: importing it says where the WebAssembly of `mistatus` lies; no value is exported.

export {};
