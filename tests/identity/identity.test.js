// People of a real identity provider sign in, while its keys change and while it is away.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { IdentityProvider, makeKey } from "./provider.js";
import { Server } from "./server.js";

/** @type {IdentityProvider} */
let provider;

before(async () => {
  provider = await IdentityProvider.start();
});

after(() => provider.stop());

/** Starts a server that believes the provider, for the time of one test. */
async function serverFor(t, ...more) {
  const server = await Server.start(
    ...["--jwks", `${provider.issuer}/jwks`, "--jwt-issuer", provider.issuer, "--jwt-audience", provider.client],
    ...more,
  );
  t.after(() => server.stop());
  return server;
}

for (const alg of ["RS256", "ES256", "ES384", "EdDSA"]) {
  test(`whom the provider knows signs in by ${alg}`, async (t) => {
    provider.useKeys(makeKey(alg, `by-${alg}`));
    assert.equal(await provider.keysUrl(), `${provider.issuer}/jwks`, "where the server looks");
    const server = await serverFor(t, "--jwt-name-claim", "email");
    const answer = await server.signIn(await provider.idToken("alice"));
    assert.deepEqual(
      [answer.type, answer.name, answer.friendlyName],
      ["signed-in", "alice@example.com", "Alice Example"],
    );
  });
}

test("an address that was not verified is no sign-in name", async (t) => {
  provider.useKeys(makeKey("ES256", "1"));
  const server = await serverFor(t, "--jwt-name-claim", "email");
  const answer = await server.signIn(await provider.idToken("mallory"));
  assert.match(answer.message, /email_verified/);
  assert.equal(answer.retryAfter, undefined, "asking again leads to nothing");
});

test("a token for another application is refused, and one of another issuer for good", async (t) => {
  provider.useKeys(makeKey("ES256", "1"));
  const token = await provider.idToken("alice");
  const other = await Server.start("--jwks", `${provider.issuer}/jwks`, "--jwt-audience", "another");
  t.after(() => other.stop());
  assert.match((await other.signIn(token)).message, /another audience/);
  const elsewhere = await Server.start(
    ...["--jwks", `${provider.issuer}/jwks`, "--jwt-issuer", "https://login.example.com"],
    ...["--jwt-audience", provider.client],
  );
  t.after(() => elsewhere.stop());
  const answer = await elsewhere.signIn(token);
  assert.match(answer.message, /another issuer/);
  assert.equal(answer.retryAfter, undefined);
});

test("keys change without a break, and a new one is refused for a moment only", async (t) => {
  const [old, next] = [makeKey("ES256", "old"), makeKey("ES256", "next")];
  provider.useKeys(old);
  const server = await serverFor(t);
  const first = await provider.idToken("alice");
  assert.equal((await server.signIn(first)).type, "signed-in");
  provider.useKeys(next, old);
  const token = await provider.idToken("bob");
  const early = await server.signIn(token);
  assert.equal(early.type, "bye", "the set was fetched less than a minute ago");
  assert.ok(early.retryAfter > 0, "it may pass");
  server.hangUp();
  while ((await server.signIn(token)).type !== "signed-in") {}
  assert.equal((await server.signIn(first)).type, "signed-in", "both are good");
});

test("a provider that is away keeps nobody out whose key is known", async (t) => {
  const key = makeKey("RS256", "1");
  provider.useKeys(key);
  const token = await provider.idToken("alice");
  const server = await serverFor(t);
  assert.equal((await server.signIn(token)).type, "signed-in");
  provider.useNothing();
  server.hangUp();
  while ((await server.metric("mistatus_jwks_failing")) === 0) {}
  assert.equal((await server.signIn(token)).type, "signed-in");
  const late = await serverFor(t);
  const answer = await late.signIn(token);
  assert.match(answer.message, /no keys yet/);
  assert.ok(answer.retryAfter > 0);
  provider.useKeys(key);
  late.hangUp();
  while ((await late.signIn(token)).type !== "signed-in") {}
});
