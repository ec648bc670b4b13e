// Compiles WebAssembly, wherever it comes from.

/** @import { WebAssemblySource } from "mistatus" */

/**
 * @param {WebAssemblySource} source
 * @returns {Promise<WebAssembly.Module>}
 */
export async function compile(source) {
  if (source instanceof WebAssembly.Module) {
    return source;
  }
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) {
    return WebAssembly.compile(source);
  }
  const response = source instanceof Response ? source : await fetch(source);
  if (!response.ok) {
    throw new Error(`${response.url || source} answered ${response.status}`);
  }
  // Streaming wants the right type; many servers send another one for .wasm.
  const type = response.headers.get("content-type") ?? "";
  if (WebAssembly.compileStreaming && /^application\/wasm\b/i.test(type)) {
    return WebAssembly.compileStreaming(response);
  }
  return WebAssembly.compile(await response.arrayBuffer());
}
