// The entry `mistatus/define` for bundlers that do not read `exports` of package.json, and look for a file of that name.

export * from "./dist/define.js";
