// Gives the elements of index.html their tags.

import "mistatus/wasm"; // says where the bundler has put the WebAssembly
import "mistatus/define";
