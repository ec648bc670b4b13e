// A site whose own back end knows who somebody is, and signs that for the presence server: `node server.mjs KEY_FILE [PORT]`.
// Only a sample of the token endpoint: here a visit of /login?as=alice is enough to be Alice.

import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";

const [keyFile, port = "8000"] = process.argv.slice(2);
const key = (await readFile(keyFile, "utf8")).trim();

/** What the presence server needs to know, for ten minutes; the widget asks for a fresh one in time. */
function token(user) {
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = {
    sub: `${user}@example.com`,
    name: user[0].toUpperCase() + user.slice(1),
    exp: Math.floor(Date.now() / 1000) + 600,
  };
  const signed = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
  return `${signed}.${createHmac("sha256", key).update(signed).digest("base64url")}`;
}

const server = createServer(async (request, response) => {
  if (!URL.canParse(request.url, "http://localhost")) {
    response.writeHead(400).end();
    return;
  }
  const { pathname, searchParams } = new URL(request.url, "http://localhost");
  const as = searchParams.get("as") ?? "";
  const [, user] = /(?:^|; )user=([a-z]+)/.exec(request.headers.cookie ?? "") ?? [];
  if (pathname === "/login" && /^[a-z]+$/.test(as)) {
    const cookie = `user=${as}; HttpOnly; SameSite=Strict; Path=/`;
    response.writeHead(303, { location: "/", "set-cookie": cookie }).end();
  } else if (pathname === "/presence-token") {
    // Nobody else may keep it, and who is not signed in gets none.
    const headers = { "content-type": "text/plain", "cache-control": "no-store" };
    response.writeHead(user ? 200 : 401, headers).end(user ? token(user) : "");
  } else if (pathname === "/") {
    const page = await readFile(new URL("index.html", import.meta.url));
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(page);
  } else {
    response.writeHead(404).end();
  }
});

server.listen(Number(port), "127.0.0.1", () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
