// Signs tokens as an embedder's back end does (RFC 7519, HS256).

import { createHmac } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { Server } from "./server.js";

const SECRET = "a secret of at least thirty-two bytes";

/** Signs a token. */
export function token(claims, secret = SECRET) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

/** Returns a time to come as tokens have it. */
export const inSeconds = (seconds) => Math.floor(Date.now() / 1000) + seconds;

/** Starts a server that believes these tokens, and ends it after use. */
export async function serverWithTokens(origins, use) {
  const folder = await mkdtemp(path.join(tmpdir(), "mistatus-key-"));
  const key = path.join(folder, "key");
  await writeFile(key, SECRET);
  const args = ["--auth", "jwt", "--jwt-key", key, "--visibility", "everyone", "--metrics-from", "127.0.0.1"];
  const server = await Server.start(origins, args);
  /** Starts it again with another key, or with the one that fits. */
  server.restartWithKey = async (secret = SECRET) => {
    await server.kill();
    await writeFile(key, secret);
    await server.restart();
  };
  try {
    await use(server);
  } finally {
    await server.stop();
    await rm(folder, { recursive: true });
  }
}
