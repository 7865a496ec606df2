"use strict";
// An API server that takes its time, and a crowd of clients with tokens that it has to review, fast
// enough to be no measure of themselves: the server has a thread of its own.
//
// usage: node token_crowd.js '{"certificate": FILE, "key": FILE, "delayMs": 50, "http1": false}'
// Says where the server is. For each line on standard input, {"port": 1883, "tokens": 5, "clients": 5},
// so many clients connect at once, with so many tokens among them; what came of it goes out as a line.

const fs = require("node:fs");
const http2 = require("node:http2");
const https = require("node:https");
const net = require("node:net");
const readline = require("node:readline");
const { Worker, isMainThread, parentPort, workerData } = require("node:worker_threads");

const SPACE = "line1";
const AUDIENCE = "plant";

const base64url = (text) => Buffer.from(text).toString("base64url");

function makeToken(run, number) {
  const name = `press-${run}-${number}`;
  const claims = { sub: `system:serviceaccount:${SPACE}:${name}`, aud: [AUDIENCE],
    exp: Math.floor(Date.now() / 1000) + 3600,
    "kubernetes.io": { namespace: SPACE, serviceaccount: { name, uid: "1" } } };
  // As long as the real ones are, which are signed by RSA with 2048 bits.
  return [JSON.stringify({ alg: "RS256" }), JSON.stringify(claims), "s".repeat(256)]
    .map(base64url).join(".");
}

function answerTo(path, body) {
  if (body === "") {
    return { apiVersion: "v1", kind: "ServiceAccount",
      metadata: { namespace: SPACE, name: path.slice(path.lastIndexOf("/") + 1), uid: "1" } };
  }
  const { spec } = JSON.parse(body);
  const { sub } = JSON.parse(Buffer.from(spec.token.split(".")[1], "base64url"));
  return { apiVersion: "authentication.k8s.io/v1", kind: "TokenReview", spec,
    status: { authenticated: true, audiences: spec.audiences, user: { username: sub, uid: "1" } } };
}

function serve({ certificate, key, delayMs, http1 }) {
  let reviews = 0;
  const proof = { cert: fs.readFileSync(certificate), key: fs.readFileSync(key) };
  const server = http1 ? https.createServer(proof) : http2.createSecureServer(proof);
  server.on("request", (request, response) => {
    const parts = [];
    request.on("data", (part) => parts.push(part)).on("end", () => {
      const body = Buffer.concat(parts).toString();
      const answer = JSON.stringify(answerTo(request.url, body));
      const send = () => {
        response.writeHead(body === "" ? 200 : 201, { "content-type": "application/json" });
        response.end(answer);
      };
      if (body === "") return send();
      reviews += 1;
      setTimeout(send, delayMs);
    });
  });
  server.listen(0, "127.0.0.1", () => parentPort.postMessage({ port: server.address().port }));
  parentPort.on("message", () => {
    parentPort.postMessage({ reviews });
    reviews = 0;
  });
}

const text = (value) => {
  const data = Buffer.from(value);
  return Buffer.concat([Buffer.from([data.length >> 8, data.length & 255]), data]);
};

function varint(value) {
  const bytes = [];
  for (; value > 127; value >>= 7) bytes.push(value & 127 | 128);
  return Buffer.from([...bytes, value]);
}

// CONNECT of MQTT 5, by the way of K8S-SAT.
function connectPacket(clientId, token) {
  const properties = Buffer.concat([Buffer.from([0x15]), text("K8S-SAT"), Buffer.from([0x16]),
    text(token)]);
  const body = Buffer.concat([text("MQTT"), Buffer.from([5, 2, 0, 0]), varint(properties.length),
    properties, text(clientId)]);
  return Buffer.concat([Buffer.from([0x10]), varint(body.length), body]);
}

// Resolves to the Reason Code; -1 if the connection just ends. The client stays.
function connect(port, packet, sockets) {
  return new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1", () => socket.write(packet));
    sockets.push(socket);
    let received = Buffer.alloc(0);
    socket.on("data", (part) => {
      received = Buffer.concat([received, part]);
      if (received.length >= 4) resolve(received[3]);
    });
    socket.on("error", () => resolve(-1)).on("close", () => resolve(-1));
  });
}

async function crowd(run, { port, tokens, clients }) {
  const made = Array.from({ length: tokens }, (_, number) => makeToken(run, number));
  const packets = Array.from({ length: clients }, (_, number) =>
    connectPacket(`client-${run}-${number}`, made[number % tokens]));
  const sockets = [];
  const begin = process.hrtime.bigint();
  const codes = await Promise.all(packets.map((packet) => connect(port, packet, sockets)));
  const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
  for (const socket of sockets) socket.destroy();
  const counts = {};
  for (const code of codes) counts[code] = (counts[code] ?? 0) + 1;
  return { codes: counts, seconds };
}

async function main() {
  const worker = new Worker(__filename, { workerData: JSON.parse(process.argv[2]) });
  const next = () => new Promise((resolve) => worker.once("message", resolve));
  console.log(JSON.stringify(await next()));
  let run = 0;
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const outcome = await crowd(run++, JSON.parse(line));
    const reviewed = next();
    worker.postMessage(null);
    console.log(JSON.stringify({ ...outcome, ...await reviewed }));
  }
  process.exit(0);
}

if (isMainThread) main();
else serve(workerData);
