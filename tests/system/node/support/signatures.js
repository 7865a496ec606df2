"use strict";
// Signatures of JWS (RFC 7518, 3) by Node.js's own crypto, which also makes those that npm's jose
// would not; and what they become in other hands.

const crypto = require("node:crypto");

const ORDER_P256 = BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
const ORDER_ED25519 = (1n << 252n) + 27742317777372353535851937790883648493n;

const hashOf = (algorithm) => `sha${algorithm.slice(2)}`;

// `key` is a KeyObject, or a Buffer for HS...; `salt` the size of that of PS..., in bytes.
function sign(algorithm, key, message, salt = crypto.constants.RSA_PSS_SALTLEN_DIGEST) {
  const data = Buffer.from(message);
  switch (algorithm.slice(0, 2)) {
    case "HS":
      return crypto.createHmac(hashOf(algorithm), key).update(data).digest();
    case "RS":
      return crypto.sign(hashOf(algorithm), data, key);
    case "PS":
      return crypto.sign(hashOf(algorithm), data,
        { key, padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: salt });
    case "ES":
      return crypto.sign(hashOf(algorithm), data, { key, dsaEncoding: "ieee-p1363" });
    default:
      return crypto.sign(null, data, key);  // EdDSA.
  }
}

const toNumber = (bytes) => BigInt(`0x${bytes.toString("hex")}`);
const toBytes = (number, size) => Buffer.from(number.toString(16).padStart(2 * size, "0"), "hex");

// (r, -s), which is as good a signature as (r, s).
function negated(signature) {
  const s = ORDER_P256 - toNumber(signature.subarray(32));
  return Buffer.concat([signature.subarray(0, 32), toBytes(s, 32)]);
}

// S + L for S: RFC 8032, 5.1.7, has it refused.
function beyondEdwardsOrder(signature) {
  const s = toNumber(Buffer.from(signature.subarray(32)).reverse()) + ORDER_ED25519;
  return Buffer.concat([signature.subarray(0, 32), toBytes(s, 32).reverse()]);
}

// The number plus the modulus, which opens to the same; nothing if that has no place.
function beyondModulus(signature, key) {
  const modulus = toNumber(Buffer.from(key.export({ format: "jwk" }).n, "base64url"));
  const sum = toNumber(signature) + modulus;
  return sum < 1n << BigInt(8 * signature.length) ? toBytes(sum, signature.length) : null;
}

// As X9.62 and TLS write (r, s).
function asDer(signature) {
  const integer = (half) => {
    const bytes = toBytes(toNumber(half), 33).subarray(half[0] < 0x80 ? 1 : 0);
    return Buffer.concat([Buffer.from([2, bytes.length]), bytes]);
  };
  const both = Buffer.concat([signature.subarray(0, 32), signature.subarray(32)].map(integer));
  return Buffer.concat([Buffer.from([0x30, both.length]), both]);
}

module.exports = {
  ORDER_P256, asDer, beyondEdwardsOrder, beyondModulus, negated, sign, toBytes,
};
