"use strict";
// Tokens, good and tampered with, and what npm's jose thinks of them, for a test in Python that shows
// them to the broker (../python/jose_test.py). A seed says what is done to each; keys, and with them
// signatures, are new each time.
//
// usage: second_opinion.js '{"seed": 1, "count": 1000, "issuer": URL, "audience": TEXT,
//                            "leeway": 300}'
// Out comes a line {"jwks": {...}, "secrets": {KID: BASE64}, "algorithms": [...]}, and so many lines
// {"kind": TEXT, "stricter": TEXT or null, "token": TEXT, "accepted": BOOL}.

const crypto = require("node:crypto");

const { Draft, Random } = require("./support/drafts");
const { kinds, now } = require("./support/forgery");
const { load } = require("./support/install");

const { createLocalJWKSet, decodeProtectedHeader, jwtVerify } = load("jose");

const OPTIONS = {
  rsa: ["rsa", { modulusLength: 2048 }], p256: ["ec", { namedCurve: "P-256" }],
  p384: ["ec", { namedCurve: "P-384" }], ed25519: ["ed25519", {}],
};
const privateKey = (type) => crypto.generateKeyPairSync(...OPTIONS[type]).privateKey;
const publicKey = (type, kid, algorithms, more = {}) =>
  ({ kid, algorithms, secret: privateKey(type), more });

// Some say what they are for, and some do not.
const PUBLISHED = [
  publicKey("rsa", "rsa-1", ["RS256", "PS256"], { use: "sig" }),
  publicKey("rsa", "rsa-2", ["RS256"], { alg: "RS256" }),
  publicKey("p256", "ec-1", ["ES256"], { alg: "ES256", use: "sig" }),
  publicKey("p256", "ec-2", ["ES256"], { key_ops: ["verify"] }),
  publicKey("p384", "ec-3", ["ES384"]),
  publicKey("ed25519", "ed-1", ["EdDSA"], { use: "sig", alg: "EdDSA" }),
];
const TWINS = [publicKey("p256", "twins", ["ES256"]), publicKey("p256", "twins", ["ES256"])];
const FOR_SECRETS = publicKey("rsa", "for-secrets", ["RS256"], { use: "enc" });
const SECRETS = ["hs-1", "hs-2"].map((kid) =>
  ({ kid, algorithms: ["HS256", "HS512"], secret: crypto.randomBytes(64) }));
const STRANGERS = {
  RS256: privateKey("rsa"), PS256: privateKey("rsa"), ES256: privateKey("p256"),
  ES384: privateKey("p384"), EdDSA: privateKey("ed25519"), HS256: crypto.randomBytes(64),
  HS512: crypto.randomBytes(64),
};
const WORLD = { strangers: STRANGERS, forSecrets: FOR_SECRETS, twins: TWINS };
const ALGORITHMS = Object.keys(STRANGERS);

const JWKS = { keys: [...PUBLISHED, ...TWINS, FOR_SECRETS].map(({ kid, secret, more }) =>
  ({ ...crypto.createPublicKey(secret).export({ format: "jwk" }), kid, ...more })) };
const keySet = createLocalJWKSet(JWKS);

// What may have signed it, for jwtVerify(): by `kid` if there is one, as createLocalJWKSet() does it.
function keysFor(token) {
  const { alg, kid } = decodeProtectedHeader(token);
  if (!String(alg).startsWith("HS")) return [keySet];
  return SECRETS.filter((key) => typeof kid !== "string" || key.kid === kid)
    .map(({ secret }) => secret);
}

async function verifies(token, key, options) {
  try {
    await jwtVerify(token, key, options);
    return true;
  } catch (error) {
    if (error.code !== "ERR_JWKS_MULTIPLE_MATCHING_KEYS") return false;
    for await (const one of error) {
      if (await verifies(token, one, options)) return true;
    }
    return false;
  }
}

async function isAccepted(token, { issuer, audience, leeway }) {
  const options = { issuer, audience, algorithms: ALGORITHMS, clockTolerance: leeway,
    requiredClaims: ["exp", "sub"] };
  let keys = [];
  try {
    keys = keysFor(token);
  } catch {
    return false;  // It has no header.
  }
  for (const key of keys) {
    if (await verifies(token, key, options)) return true;
  }
  return false;
}

// One token in four is good; the kinds take turns at the others, so many at a time as they weigh.
const TURNS = kinds.flatMap((kind) => Array(kind.weight ?? 1).fill(kind));
const kindOf = (number) =>
  number % 4 === 0 ? kinds[0] : TURNS[(number - Math.ceil(number / 4)) % TURNS.length];

function makeToken(kind, number, random, { issuer, audience }) {
  const keys = [...PUBLISHED, ...SECRETS];
  for (;;) {
    const key = random.one(keys);
    const algorithm = random.one(key.algorithms);
    if ((kind.algorithm ?? algorithm) !== algorithm || (kind.kid ?? key.kid) !== key.kid) continue;
    const claims = { iss: issuer, aud: audience, sub: `pump-${number}`, exp: now() + 3600,
      iat: now() };
    const draft = new Draft(key, algorithm, claims);
    kind.change(draft, random, WORLD);
    const token = draft.build();
    if (token !== null) return token;
  }
}

async function main(options) {
  const secrets = Object.fromEntries(
    SECRETS.map(({ kid, secret }) => [kid, secret.toString("base64")]));
  console.log(JSON.stringify({ jwks: JWKS, secrets, algorithms: ALGORITHMS }));
  const random = new Random(options.seed);
  for (let number = 0; number < options.count; ++number) {
    const kind = kindOf(number);
    const token = makeToken(kind, number, random, options);
    console.log(JSON.stringify({ kind: kind.name, stricter: kind.stricter ?? null, token,
      accepted: await isAccepted(token, options) }));
  }
}

main(JSON.parse(process.argv[2]));
