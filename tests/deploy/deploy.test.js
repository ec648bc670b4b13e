// The samples of deploy/ as they are: the proxies are started for real, systemd judges its unit.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import path from "node:path";
import { test } from "node:test";

import { chromium } from "playwright-core";

import { BINARY, folder, listening, Proxy, replaced, run, Server, sample } from "./machine.js";

for (const kind of Object.keys(Proxy.kinds)) {
  test(`${kind} gives the server a path, with all that its pages name`, async (t) => {
    const proxy = await Proxy.start(t, kind, (await Server.start(t)).address);
    const page = await proxy.get("/presence/invite");
    assert.equal(page.status, 200, page.body);
    assert.match(page.headers["content-security-policy"], /default-src 'none'/);
    assert.match(page.headers["strict-transport-security"], /max-age/);
    const names = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, name]) => name);
    assert.ok(names.includes("invite.js") && names.includes("mistatus.js"));
    for (const name of names) {
      const { pathname } = new URL(name, `${proxy.origin}/presence/invite`);
      assert.equal((await proxy.get(pathname)).status, 200, `${pathname}: cargo xtask build makes the widget`);
    }
    const short = await proxy.get("/presence");
    assert.deepEqual([short.status, new URL(short.headers.location, proxy.origin).pathname], [308, "/presence/"]);
    assert.equal((await proxy.get("/presence/healthz")).status, 200);
    assert.equal((await proxy.get("/presence/metrics")).status, 404);
    assert.notEqual((await proxy.get("/healthz")).body, '{"status":"ok"}', "nothing is there without the path");
  });

  test(`${kind} passes the stream on, and with it which page asks`, async (t) => {
    const server = await Server.start(t);
    const proxy = await Proxy.start(t, kind, server.address);
    for (const origin of [proxy.origin, "https://intranet.example.com"]) {
      const answer = await signIn(t, proxy, origin, await server.token("alice@example.com"));
      assert.deepEqual([answer.type, answer.name], ["signed-in", "alice@example.com"], origin);
    }
    assert.equal(await proxy.stream("https://evil.example"), 403);
  });

  // What is kept back would never come.
  test(`${kind} passes each event on at once`, { timeout: 60_000 }, async (t) => {
    const server = await Server.start(t);
    const key = await server.serviceKey("events:read");
    const proxy = await Proxy.start(t, kind, server.address);
    const headers = { authorization: `Bearer ${key}` };
    const open = () => proxy.open("/presence/api/v1/events?names=bob%40example.com", { headers });
    let answer = await open();
    // A new key is taken within a second.
    while (answer.statusCode === 401) {
      answer.resume();
      answer = await open();
    }
    t.after(() => answer.destroy());
    assert.equal(answer.statusCode, 200);
    let read = "";
    answer.setEncoding("utf8").on("data", (piece) => {
      read += piece;
    });
    const hears = async (what) => {
      while (!what.test(read)) {
        await once(answer, "data");
      }
    };
    await hears(/event: snapshot/);
    await signIn(t, proxy, proxy.origin, await server.token("bob@example.com"));
    await hears(/event: presence\n.*\n?.*"status":2,/);
  });

  test(`an invitation to a server behind ${kind} signs somebody in`, async (t) => {
    const server = await Server.start(t);
    const proxy = await Proxy.start(t, kind, server.address);
    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu"],
    });
    t.after(() => browser.close());
    const page = await browser.newPage({ ignoreHTTPSErrors: true });
    await page.goto(await server.invitation(`${proxy.origin}/presence`, "alice@example.com"));
    await page.getByText("You are signed in as alice@example.com.").waitFor();
    await page.getByRole("button", { name: "My status: Online" }).waitFor();
    await page.getByRole("button", { name: "Add contact" }).waitFor();
    assert.equal(page.url(), `${proxy.origin}/presence/invite`);
  });

  test(`${kind} says where requests come from, whatever they say themselves`, async (t) => {
    const seen = createServer(({ url, headers }, response) => response.end(JSON.stringify({ url, ...headers })));
    t.after(() => seen.close());
    await once(seen.listen(0, "127.0.0.1"), "listening");
    const proxy = await Proxy.start(t, kind, `127.0.0.1:${seen.address().port}`);
    const forged = { "x-forwarded-for": "192.0.2.7, 127.0.0.1" };
    const { body } = await proxy.get("/presence/healthz?a=b", { from: "127.0.0.2", headers: forged });
    const { url, host, "x-forwarded-for": from } = JSON.parse(body);
    assert.deepEqual({ url, host, from }, { url: "/healthz?a=b", host: new URL(proxy.origin).host, from: "127.0.0.2" });
  });
}

test("nginx leads what is not encrypted to where it is", async (t) => {
  const { plain } = await Proxy.start(t, "nginx", "127.0.0.1:9");
  const headers = { host: "presence.example.com" };
  const asked = request({ host: "127.0.0.1", port: plain, path: "/presence/invite?a=b", headers });
  const [answer] = await once(asked.end(), "response");
  answer.resume();
  const { statusCode, headers: told } = answer;
  assert.deepEqual([statusCode, told.location], [308, "https://presence.example.com/presence/invite?a=b"]);
});

test("systemd finds no fault with the unit, and little that the server may", async (t) => {
  const unit = path.join(folder(t), "mistatus.service");
  writeFileSync(
    unit,
    replaced(sample("mistatus.service"), { "ExecStart=/usr/local/bin/mistatus-server": `ExecStart=${BINARY}` }),
  );
  await run("systemd-analyze", ["verify", unit]);
  // Ends with an error above 2.0.
  await run("systemd-analyze", ["security", "--no-pager", "--offline=true", "--threshold=20", unit]);
});

test("the settings of the sample are right but for the key, which is nowhere yet", async () => {
  const config = new URL("../../deploy/server.toml", import.meta.url).pathname;
  const check = run(BINARY, ["check", "--config", config, "--data", "/nonexistent/mistatus"]);
  await assert.rejects(check, ({ stdout }) => {
    const wrong = stdout.split("\n").filter((line) => line.startsWith("wrong: "));
    return wrong.length === 1 && wrong[0].includes("/etc/mistatus/key.pem");
  });
});

test("the server starts with what the container's file sets", async (t) => {
  const settings = [...sample("Containerfile").matchAll(/^ENV (\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]);
  const env = Object.fromEntries(settings);
  assert.deepEqual([env.MISTATUS_LISTEN, env.MISTATUS_DATA], ["0.0.0.0:8787", "/data"]);
  Object.assign(env, { MISTATUS_LISTEN: "127.0.0.1:0", MISTATUS_DATA: path.join(folder(t), "data") });
  const key = new URL("../../crates/server/tests/it/keys/ed25519.pub.pem", import.meta.url).pathname;
  const child = spawn(BINARY, ["--jwt-key", key], { env, stdio: ["ignore", "pipe", "pipe"] });
  const logged = once(child.stderr, "data");
  await listening(t, child);
  assert.equal(JSON.parse(String(await logged).split("\n")[0]).level, "INFO");
});

/** Signs in over the proxy, and returns the answer. */
async function signIn(t, proxy, origin, token) {
  const socket = await proxy.stream(origin);
  t.after(() => socket.terminate());
  const answered = once(socket, "message");
  socket.send(JSON.stringify({ type: "signin", token }));
  const [answer] = await answered;
  return JSON.parse(answer);
}
