"use strict";
// Drafts: tokens before they are put together, so that any step of that can be another one.

const { sign } = require("./signatures");

const base64url = (bytes) => Buffer.from(bytes).toString("base64url");

class Draft {
  // `key` is {kid, algorithms, secret}, of which `secret` signs; `algorithm` one of those.
  constructor(key, algorithm, claims) {
    this.key = key;
    this.header = { alg: algorithm, kid: key.kid };
    this.claims = claims;
    this.signAs = algorithm;  // Whatever the header says.
    this.signer = key.secret;
    this.salt = undefined;
    // Steps: from a text to what is encoded, from that to a part, from signature to signature.
    this.writeHeader = this.writeClaims = (text) => text;
    this.encodeHeader = this.encodeClaims = this.encodeSignature = base64url;
    this.changeSignature = (signature) => signature;
    this.finish = (token) => token;
  }

  signing() {
    const header = this.encodeHeader(this.writeHeader(JSON.stringify(this.header)));
    return `${header}.${this.encodeClaims(this.writeClaims(JSON.stringify(this.claims)))}`;
  }

  // The token; null if a step cannot be done with it, and another one is to be tried.
  build() {
    const signing = this.signing();
    const made = sign(this.signAs, this.signer, signing, this.salt);
    const signature = this.changeSignature(made, this);
    return signature && this.finish(`${signing}.${this.encodeSignature(signature)}`);
  }
}

// Numbers from a seed, always the same ones (mulberry32).
class Random {
  constructor(seed) {
    this._state = seed;
  }

  // From 0 to below `end`.
  below(end) {
    this._state = this._state + 0x6d2b79f5 | 0;
    let mixed = Math.imul(this._state ^ this._state >>> 15, 1 | this._state);
    mixed = mixed + Math.imul(mixed ^ mixed >>> 7, 61 | mixed) ^ mixed;
    return ((mixed ^ mixed >>> 14) >>> 0) % end;
  }

  one(list) {
    return list[this.below(list.length)];
  }
}

module.exports = { Draft, Random, base64url };
