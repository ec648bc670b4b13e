// Gives the elements of the page their tags.

import "mistatus/wasm"; // says where the bundler has put the WebAssembly
import "mistatus/define";
