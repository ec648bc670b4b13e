// A real identity provider (OpenID Connect), with people who need no password. Its keys can be changed.

import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";

import { Provider } from "oidc-provider";

const CLIENT = "mistatus";
const CALLBACK = "https://intranet.example.com/callback";

const PAIRS = {
  RS256: () => generateKeyPairSync("rsa", { modulusLength: 2048 }),
  ES256: () => generateKeyPairSync("ec", { namedCurve: "P-256" }),
  ES384: () => generateKeyPairSync("ec", { namedCurve: "P-384" }),
  EdDSA: () => generateKeyPairSync("ed25519"),
};

/** Makes a key for signatures, with its private half, as the provider wants it. */
export function makeKey(alg, kid) {
  const { privateKey } = PAIRS[alg]();
  return { ...privateKey.export({ format: "jwk" }), kid, alg, use: "sig" };
}

/** The provider, at one address for its whole life. */
export class IdentityProvider {
  #server = createServer((request, response) => this.#answer(request, response));
  #answer = (_request, response) => response.writeHead(503).end();

  static async start() {
    const provider = new IdentityProvider();
    await new Promise((listening) => provider.#server.listen(0, "127.0.0.1", listening));
    return provider;
  }

  get issuer() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  get client() {
    return CLIENT;
  }

  /** Asks the provider what every client asks first: where its keys are. */
  async keysUrl() {
    const answer = await fetch(`${this.issuer}/.well-known/openid-configuration`);
    return (await answer.json()).jwks_uri;
  }

  /** Begins anew with other keys; the first signs. */
  useKeys(...keys) {
    const provider = new Provider(this.issuer, {
      clients: [
        {
          client_id: CLIENT,
          token_endpoint_auth_method: "none",
          redirect_uris: [CALLBACK],
          id_token_signed_response_alg: keys[0].alg,
        },
      ],
      jwks: { keys },
      cookies: { keys: [randomBytes(16).toString("hex")] },
      // What people are called is in the token itself.
      conformIdTokenClaims: false,
      claims: { email: ["email", "email_verified"], profile: ["name"] },
      findAccount: (_context, id) => ({
        accountId: id,
        claims: () => ({
          sub: `number-of-${id}`,
          email: `${id}@example.com`,
          email_verified: id !== "mallory",
          name: `${id[0].toUpperCase()}${id.slice(1)} Example`,
        }),
      }),
      pkce: { required: () => false },
      enabledJWA: { idTokenSigningAlgValues: Object.keys(PAIRS) },
    });
    this.#answer = provider.callback();
  }

  /** Answers nobody, until there are keys again. */
  useNothing() {
    this.#answer = (_request, response) => response.writeHead(503).end();
  }

  /** Signs somebody in as a browser does, and returns the ID token. */
  async idToken(login) {
    const browser = new Browser();
    const parameters = new URLSearchParams({
      client_id: CLIENT,
      response_type: "code",
      redirect_uri: CALLBACK,
      scope: "openid email profile",
    });
    let page = await browser.go(`${this.issuer}/auth?${parameters}`);
    // A form for the name, then one for the consent.
    while (page.form) {
      page = await browser.go(page.form, new URLSearchParams({ prompt: page.prompt, login, password: "any" }));
    }
    const answer = await fetch(`${this.issuer}/token`, {
      method: "POST",
      body: new URLSearchParams({
        client_id: CLIENT,
        grant_type: "authorization_code",
        code: page.code,
        redirect_uri: CALLBACK,
      }),
    });
    return (await answer.json()).id_token;
  }

  async stop() {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }
}

/** As much of a browser as fills in the provider's forms: it follows redirects and keeps cookies. */
class Browser {
  #cookies = new Map();

  /** Goes to an address until there is a form, or the way back to the application. */
  async go(url, body) {
    const answer = await fetch(url, {
      method: body ? "POST" : "GET",
      body,
      redirect: "manual",
      headers: { cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ") },
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [name, value] = cookie.split(";")[0].split(/=(.*)/s);
      this.#cookies.set(name, value);
    }
    const location = answer.headers.get("location");
    if (location?.startsWith(CALLBACK)) {
      return { code: new URL(location).searchParams.get("code") };
    }
    if (location) {
      return this.go(new URL(location, url).href);
    }
    const text = await answer.text();
    const form = /action="([^"]+)" method="post"/.exec(text);
    const prompt = /name="prompt" value="([^"]+)"/.exec(text);
    if (!form || !prompt) {
      throw new Error(`the provider answers ${answer.status} and no form: ${text.slice(0, 500)}`);
    }
    return { form: new URL(form[1], url).href, prompt: prompt[1] };
  }
}
