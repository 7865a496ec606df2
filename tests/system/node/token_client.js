"use strict";
// A client of mqtt.js with a token, led by a test in Python (../python/support/led_client.py). It is
// subscribed to `t`. An AUTH that asks for more gets the same token once more.
//
// usage: token_client.js PORT CLIENT-ID VERSION [METHOD], with the token as the first line of its
// input; by those of later lines it authenticates again, and at the end it goes. Out:
// {"event": "connect" | "auth" | "disconnect" | "error" | "message" | "end", ...}, one a line.

const readline = require("node:readline");

const { load } = require("./support/install");

const mqtt = load("mqtt");

const METHOD = process.argv[5] ?? "K8S-SAT";
const CONTINUE_AUTHENTICATION = 0x18;
const REAUTHENTICATE = 0x19;

const tell = (event, more = {}) => console.log(JSON.stringify({ event, ...more }));

const authenticationOf = (token) => ({
  authenticationMethod: METHOD, authenticationData: Buffer.from(token),
});
const authPacket = (reasonCode, token) => ({
  cmd: "auth", reasonCode, properties: authenticationOf(token),
});

function start([port, clientId, version], token) {
  const proof = version === "5"
    ? { properties: authenticationOf(token) }
    : { username: METHOD, password: token };
  const client = mqtt.connect({
    host: "127.0.0.1", port: Number(port), clientId, protocolVersion: Number(version),
    reconnectPeriod: 0, connectTimeout: 60_000, ...proof,
  });
  client.on("connect", () => client.subscribe("t", { qos: 1 }, () => tell("connect")));
  client.on("message", (_, payload) => tell("message", { payload: String(payload) }));
  client.on("disconnect", ({ reasonCode }) => tell("disconnect", { code: reasonCode }));
  client.on("error", ({ code }) => tell("error", { code }));
  client.on("close", () => tell("end"));
  return client;
}

function authenticateAgain(client, token) {
  client.handleAuth = ({ reasonCode: code }, done) => {
    tell("auth", { code });
    done(null, code === CONTINUE_AUTHENTICATION ? authPacket(code, token) : null);
  };
  client._sendPacket(authPacket(REAUTHENTICATE, token));  // It has no call of its own for this.
}

let client = null;
readline.createInterface({ input: process.stdin }).on("line", (token) => {
  if (client === null) client = start(process.argv.slice(2), token);
  else authenticateAgain(client, token);
}).on("close", () => process.exit(0));
