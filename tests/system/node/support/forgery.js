"use strict";
// What a token can be, good and tampered with: kinds, each a name and what it makes of a Draft.
// What is expected of it nobody says, but for kinds with `stricter`: of these the broker refuses
// some that npm's jose takes, and `stricter` is why.

const crypto = require("node:crypto");

const { base64url } = require("./drafts");
const { ORDER_P256, asDer, beyondEdwardsOrder, beyondModulus, negated, toBytes } =
  require("./signatures");

const now = () => Math.floor(Date.now() / 1000);

const kinds = [];
const kind = (name, change, only = {}) => kinds.push({ name, change, ...only });

// One kind for each value of a claim, or of a member of the header.
const claims = (name, values, only) => values.forEach((value) =>
  kind(`claim ${name} ${JSON.stringify(value)}`, (draft) => {
    draft.claims[name] = value;
  }, only));
const header = (name, values, only) => values.forEach((value) =>
  kind(`header ${name} ${JSON.stringify(value)}`, (draft) => {
    draft.header[name] = value;
  }, only));
// What is written instead of `from` in the JSON of the claims, or of the header.
const rewrite = (what, name, from, to, only) => kind(name, (draft) => {
  draft[what] = (text) => text.replace(from, to);
}, only);
const signature = (name, change, only) =>
  kind(`signature ${name}`, (draft) => { draft.changeSignature = change; }, only);
const finish = (name, change, only) =>
  kind(`token ${name}`, (draft) => { draft.finish = change; }, only);

const ES256 = { algorithm: "ES256" };
const ED25519 = { algorithm: "EdDSA" };
const RS256 = { algorithm: "RS256" };
const PS256 = { algorithm: "PS256" };

// ---- The claims that say when, for whom and by whom. Clocks may differ by 300 seconds.

kind("as it is", () => {});
for (const [name, shift] of [["exp", -100], ["exp", -301], ["exp", -1000], ["exp", 1e6],
  ["nbf", 100], ["nbf", 1000], ["nbf", -1], ["iat", 1000], ["iat", -1e6]]) {
  kind(`claim ${name} now ${shift}`, (draft) => { draft.claims[name] = now() + shift; });
}
kind("claim exp with a fraction", (draft) => { draft.claims.exp = now() + 100.25; });
for (const name of ["exp", "aud", "iss", "sub", "iat"]) {
  kind(`no claim ${name}`, (draft) => { delete draft.claims[name]; });
}
claims("exp", [null, "9999999999", true, [9999999999], {}, 0, -1, 1]);
claims("nbf", [null, "0", false, [], 1e300, 0]);
claims("iat", [null, "0", true, {}, 0, 0.5]);
const TIMES = { stricter: "a time below 0 or beyond 2^53 seconds is none" };
claims("exp", [1e300, 9007199254740994], TIMES);
claims("nbf", [-1, -1e300], TIMES);
claims("iat", [-1, 1e300], TIMES);
rewrite("writeClaims", "claim exp in another notation", /"exp":(\d+)/, '"exp":$1.0e0');
rewrite("writeClaims", "claim exp that is no double", /"exp":\d+/, '"exp":1e400',
  { stricter: "a number that no double holds is no JSON" });

claims("iss", [null, "", 7, [], "https://elsewhere.example"]);
kind("claim iss and a stroke", (draft) => { draft.claims.iss += "/"; });
kind("claim iss in capitals", (draft) => { draft.claims.iss = draft.claims.iss.toUpperCase(); });
kind("claim iss in a list", (draft) => { draft.claims.iss = [draft.claims.iss]; });
claims("aud", [null, "", [], {}, 7, "plan", "plants", "PLANT", ["office"], [["plant"]], ["plant"],
  ["office", "plant"], ["plant", "plant"]]);
claims("aud", [["plant", 7], ["plant", null]], { stricter: "aud is a text or a list of texts" });
claims("sub", ["\u30dd\u30f3\u30d7", "a b/c#+"]);
claims("sub", ["", 7, null, "a\u0000b"], { stricter: "sub is a username, and so a text of MQTT" });

// ---- What else stands there.

claims("acl", [{ pub: ["a/#"], sub: [] }, [{ permission: "deny", action: "all", topic: "#" }]]);
claims("__proto__", ["x"]);
claims("is_superuser", [true]);
claims("far", [-9007199254740992, 0.1, "\u2028"]);
rewrite("writeClaims", "a large whole number", /\{/, '{"far":18446744073709551615,');
rewrite("writeClaims", "a huge whole number", /\{/, '{"far":123456789012345678901234567890,',
  { stricter: "a whole number beyond 64 bits is no JSON" });
rewrite("writeClaims", "nested", /\{/, `{"far":${"[".repeat(15)}${"]".repeat(15)},`);
rewrite("writeClaims", "nested deeply", /\{/, `{"far":${"[".repeat(16)}${"]".repeat(16)},`,
  { stricter: "JSON is nested 16 deep at most" });
const TWICE = { stricter: "a member stands once in its object" };
rewrite("writeClaims", "sub twice", /\{/, '{"sub":"admin",', TWICE);
rewrite("writeClaims", "exp twice", /\}$/, ',"exp":9999999999}', TWICE);
rewrite("writeClaims", "nested twice", /\{/, '{"far":{"a":1,"a":1},', TWICE);
rewrite("writeClaims", "twice in other words", /\{/, '{"\\u0073ub":"admin",', TWICE);
rewrite("writeHeader", "alg twice", /\{/, '{"alg":"none",', TWICE);
rewrite("writeHeader", "kid twice", /\{/, '{"kid":"nobody",', TWICE);
rewrite("writeClaims", "escapes", /"sub"/, '"\\u0073u\\u0062"');
rewrite("writeHeader", "escapes in the header", /"alg"/, '"\\u0061lg"');
rewrite("writeClaims", "blanks", /,/g, " ,\r\n\t");
rewrite("writeHeader", "blanks in the header", /^|$/g, " ");
for (const [name, text] of [["an array", "[]"], ["a text", '"x"'], ["a number", "7"],
  ["nothing", ""], ["null", "null"], ["no JSON", "{exp:1}"]]) {
  rewrite("writeClaims", `claims are ${name}`, /.*/s, text);
  rewrite("writeHeader", `the header is ${name}`, /.*/s, text);
}
rewrite("writeClaims", "claims with more behind them", /$/, "{}");
rewrite("writeClaims", "claims with a comma too many", /\}$/, ",}");
rewrite("writeClaims", "claims cut off", /\}$/, "");
rewrite("writeClaims", "U+FEFF first", /^/, "\ufeff", { stricter: "JSON begins with itself" });
rewrite("writeClaims", "half of a character", /\{/, '{"far":"\\ud800",',
  { stricter: "texts are UTF-8, and hold whole characters" });
kind("not UTF-8", (draft) => {
  draft.writeClaims = (text) => Buffer.concat(
    [Buffer.from('{"far":"'), Buffer.from([0xc0, 0xaf]), Buffer.from(`",${text.slice(1)}`)]);
}, { stricter: "texts are UTF-8, and hold whole characters" });

// ---- The header.

for (const name of ["kid", "alg"]) {
  kind(`no header ${name}`, (draft) => { delete draft.header[name]; });
}
header("alg", ["none", "None", "NONE", "", null, 7, "es256", "ES256 ", "ES256K", "Ed25519", "RS256",
  "PS256", "HS256", "ES256", "EdDSA", "RS1", "dir", ["ES256"]]);
header("kid", ["", "nobody", "x".repeat(600), "../../ec-1", "ec-1", "rsa-1", "hs-1", "for-secrets"]);
header("kid", [7, null, ["ec-1"]], { stricter: "kid is a text" });
header("typ", ["JWT", "jwt", "at+jwt", "application/at+jwt", "application/JWT", ""]);
header("typ", ["JOSE", "logout+jwt", "secevent+jwt", "application/x", 7],
  { stricter: "other types of tokens are no proof of who holds them" });
header("crit", [[], ["exp"], ["b64"], "exp", null, ["alg"]]);
header("b64", [true, false]);
header("zip", ["DEF"]);
header("jku", ["https://elsewhere.example/keys"]);
header("nonce", ["x"]);
header("cty", ["JWT"]);

// ---- Keys that are others'.

kind("by a stranger's key", (draft, _, world) => { draft.signer = world.strangers[draft.signAs]; });
kind("by a stranger's key, in the header", (draft, _, world) => {
  draft.signer = world.strangers.ES256;
  draft.header.jwk = crypto.createPublicKey(draft.signer).export({ format: "jwk" });
}, ES256);
kind("by a key for secrets", (draft, _, world) => {
  Object.assign(draft, { signer: world.forSecrets.secret });
  draft.header.kid = world.forSecrets.kid;
}, RS256);
for (const format of ["pem", "der", "jwk"]) {
  kind(`by a public key as a secret, ${format}`, (draft) => {
    const key = crypto.createPublicKey(draft.signer).export({ type: "spki", format });
    Object.assign(draft, { signAs: "HS256", signer: Buffer.from(format === "jwk" ? key.n : key) });
    draft.header.alg = "HS256";
  }, RS256);
}
for (const [algorithm, as] of [["RS256", "RS384"], ["RS256", "RS512"], ["HS256", "HS384"]]) {
  kind(`by ${as}, which is not allowed`, (draft) => {
    draft.header.alg = draft.signAs = as;
  }, { algorithm });
}
kind("by one of two keys with one kid", (draft, random, world) => {
  draft.signer = random.one(world.twins).secret;
  draft.header.kid = world.twins[0].kid;
}, ES256);

// ---- The signature.

const withByte = (change) => (bytes, draft) => {
  const copy = Buffer.from(bytes);
  change(copy, draft);
  return copy;
};
kind("signature with a bit flipped", (draft, random) => {
  draft.changeSignature = withByte((bytes) => {
    bytes[random.below(bytes.length)] ^= 1 << random.below(8);
  });
}, { weight: 10 });
signature("none", () => Buffer.alloc(0));
signature("of zeros", withByte((bytes) => bytes.fill(0)));
signature("of ones", withByte((bytes) => bytes.fill(255)));
signature("without its end", (bytes) => bytes.subarray(0, -1));
signature("with more behind it", (bytes) => Buffer.concat([bytes, Buffer.from([0])]));
signature("with a zero before it", (bytes) => Buffer.concat([Buffer.from([0]), bytes]));
signature("negated", negated, ES256);
signature("with r 0", withByte((bytes) => bytes.fill(0, 0, 32)), ES256);
signature("with s 0", withByte((bytes) => bytes.fill(0, 32)), ES256);
signature("with r and s of the order", () =>
  Buffer.concat([toBytes(ORDER_P256, 32), toBytes(ORDER_P256, 32)]), ES256);
signature("in DER", asDer, ES256);
signature("beyond the order of Ed25519", beyondEdwardsOrder, ED25519);
signature("beyond the modulus", (bytes, draft) => beyondModulus(bytes, draft.signer), RS256);
signature("by PSS beyond the modulus", (bytes, draft) => beyondModulus(bytes, draft.signer), PS256);
kind("signature with an empty salt", (draft) => { draft.salt = 0; }, PS256);
kind("signature with a long salt", (draft) => { draft.salt = 64; }, PS256);
kind("signature by PSS for PKCS1", (draft) => { draft.signAs = "PS256"; },
  { ...RS256, kid: "rsa-1" });
kind("signature by PKCS1 for PSS", (draft) => { draft.signAs = "RS256"; }, PS256);

// ---- The whole, once it is signed.

const parts = (change) => (token) => change(token.split(".")).join(".");
kind("token with a character changed", (draft, random) => {
  draft.finish = (token) => {
    const at = random.below(token.length);
    return token.slice(0, at) + random.one("AZaz09-_.=") + token.slice(at + 1);
  };
}, { weight: 20, stricter: "base64url has one spelling" });
finish("of two parts", parts(([head, body]) => [head, body]));
finish("of four parts", parts((all) => [...all, all[2]]));
finish("of five parts", parts((all) => [...all, all[1], all[2]]));
finish("without claims", parts(([head, , end]) => [head, "", end]));
finish("without a header", parts(([, body, end]) => ["", body, end]));
finish("of dots", () => "..");
finish("that says somebody else", parts(([head, body, end]) => {
  const said = { ...JSON.parse(Buffer.from(body, "base64url")), sub: "admin" };
  return [head, base64url(JSON.stringify(said)), end];
}));
const SPELLING = { stricter: "base64url has one spelling" };
finish("with padding", (token) => `${token}==`, SPELLING);
finish("with a line end", (token) => `${token}\n`, SPELLING);
finish("with a blank before it", (token) => ` ${token}`);
finish("with a blank in its signature", (token) => `${token.slice(0, -4)} ${token.slice(-4)}`,
  SPELLING);
finish("after Bearer", (token) => `Bearer ${token}`);
kind("signature in base64", (draft) => {
  draft.encodeSignature = (bytes) => bytes.toString("base64");
}, SPELLING);
kind("signature with bits left over", (draft) => {
  draft.encodeSignature = (bytes) => base64url(bytes).replace(/.$/, (digit) =>
    String.fromCharCode(digit.charCodeAt(0) + 1));
}, { ...SPELLING, algorithm: "ES256" });  // Ends in A, Q, g or w.
const padded = (bytes) => Buffer.from(bytes).toString("base64url").replace(/$/, "=");
const broken = (bytes) => base64url(bytes).replace(/^.{8}/, "$&\n");
for (const [name, encode] of [["padding", padded], ["a line end", broken]]) {
  kind(`claims with ${name}, signed`, (draft) => { draft.encodeClaims = encode; }, SPELLING);
  kind(`header with ${name}, signed`, (draft) => { draft.encodeHeader = encode; }, SPELLING);
}

module.exports = { kinds, now };
