"use strict";
// An OpenID Provider, npm's oidc-provider, over HTTPS on 127.0.0.1, led by a test in Python
// (../python/support/oidc_provider.py). Its clients get tokens by the grant client_credentials.
//
// usage: oidc_provider.js '{"certificate": FILE, "key": FILE, "port": 0, "clients": [NAME, ...],
//                           "secret": SECRET, "issuer": URL or null}'
// Without `issuer` its name is its URL. Each line of its input is a list of keys, such as
// ["ES256-2", "ES256-1"]: these it publishes from then on, and signs by the first of an algorithm. A
// name stands for the same key as long as the program runs. {"url": URL} is the answer to each.

const fs = require("node:fs");
const https = require("node:https");
const readline = require("node:readline");

const { load, loadModule } = require("./support/install");

const { exportJWK, generateKeyPair } = load("jose");

// The provider says there that it needs more to be one that anybody relies on.
console.info = console.warn = () => {};

// By algorithm and name: a private JWK.
const known = new Map();

async function keyOf(name) {
  if (!known.has(name)) {
    const [algorithm] = name.split("-");
    const { privateKey } = await generateKeyPair(algorithm, { crv: "Ed25519", extractable: true });
    known.set(name, { ...await exportJWK(privateKey), kid: name, alg: algorithm, use: "sig" });
  }
  return known.get(name);
}

// The resource that a token is asked for says in its query what the token is to be.
function getResourceServerInfo(_, resource) {
  const { algorithm, audience, format, seconds } = Object.fromEntries(
    new URL(resource).searchParams);
  return {
    scope: "", audience, accessTokenTTL: Number(seconds), accessTokenFormat: format,
    ...(format === "jwt" && { jwt: { sign: { alg: algorithm } } }),
  };
}

// One of its own for each list of keys, as if it had been started anew; all have one memory.
async function handlerBy(keys, { clients, issuer, secret }) {
  const { Provider } = await loadModule("oidc-provider");
  const provider = new Provider(issuer, {
    jwks: { keys },
    clients: clients.map((name) => ({
      client_id: name, client_secret: secret, grant_types: ["client_credentials"],
      redirect_uris: [], response_types: [], id_token_signed_response_alg: keys[0].alg,
    })),
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      introspection: { enabled: true, allowedPolicy: () => true },
      resourceIndicators: { enabled: true, getResourceServerInfo },
      revocation: { enabled: true, allowedPolicy: () => true },
    },
  });
  provider.on("server_error", (_, error) => console.error(error));
  return provider.callback();
}

async function main(options) {
  let handler;
  const server = https.createServer(
    { cert: fs.readFileSync(options.certificate), key: fs.readFileSync(options.key) },
    (request, response) => handler(request, response));
  await new Promise((resolve) => server.listen(options.port, "127.0.0.1", resolve));
  const url = `https://127.0.0.1:${server.address().port}`;
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const keys = await Promise.all(JSON.parse(line).map(keyOf));
    handler = await handlerBy(keys, { ...options, issuer: options.issuer ?? url });
    console.log(JSON.stringify({ url }));
  }
  process.exit(0);
}

main(JSON.parse(process.argv[2]));
