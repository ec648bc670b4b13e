// Starts the application.

import "mistatus/wasm"; // says where the bundler has put the WebAssembly
import "mistatus/define";
import { bootstrapApplication } from "@angular/platform-browser";

import { Staff } from "./staff";

bootstrapApplication(Staff).catch((error) => console.error(error));
