"use strict";
// Keys of npm's jose, by which a test in Python has tokens made (../python/support/jose.py).
//
// usage: jose_keys.js, with lines on standard input that are answered by one each:
// {"make": NAME} makes a key of the algorithm with which the name begins, such as ES256-1. The answer
// has it as others may see it: {"jwk": {...}, "pem": TEXT}; for HS..., where they may not, {"secret":
// BASE64}.
// {"sign": CLAIMS, "key": NAME, "header": {...}} makes a token: {"token": TEXT}. Without `alg` in its
// header it gets that of the key.

const readline = require("node:readline");

const { load } = require("./support/install");

const { SignJWT, exportJWK, exportSPKI, generateKeyPair, generateSecret } = load("jose");

const keys = new Map();

const algorithmOf = (name) => name.split("-")[0];

async function make(name) {
  const algorithm = algorithmOf(name);
  if (algorithm.startsWith("HS")) {
    const secret = await generateSecret(algorithm);
    keys.set(name, secret);
    return { secret: secret.export().toString("base64") };
  }
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { crv: "Ed25519" });
  keys.set(name, privateKey);
  return { jwk: await exportJWK(publicKey), pem: await exportSPKI(publicKey) };
}

const sign = (claims, name, header) => new SignJWT(claims)
  .setProtectedHeader({ alg: algorithmOf(name), ...header }).sign(keys.get(name));

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    const answer = request.make
      ? await make(request.make)
      : { token: await sign(request.sign, request.key, request.header) };
    console.log(JSON.stringify(answer));
  }
}

main();
