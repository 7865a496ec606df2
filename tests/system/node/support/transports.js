"use strict";
// What lies between a client's socket and MQTT, for both of its ends: how the broker is started, and
// what mqtt.js calls it.

const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");

const SCHEMES = { tcp: "mqtt", tls: "mqtts", ws: "ws", wss: "wss" };
const isWeb = (transport) => transport.startsWith("ws");
const isEncrypted = (transport) => transport === "tls" || transport === "wss";

let made;

// A folder with a certificate for 127.0.0.1 which is its own CA, made when it is first asked for.
function certificate() {
  if (made) return made;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "signet-"));
  process.on("exit", () => fs.rmSync(folder, { recursive: true }));
  const [crt, key] = ["tls.crt", "tls.key"].map((name) => path.join(folder, name));
  execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt",
    "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj", "/CN=server", "-addext",
    "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", crt], { stdio: "ignore" });
  made = { crt, key, ca: fs.readFileSync(crt) };
  return made;
}

// A manifest with one port of this transport; null for TCP, which needs none.
function writeManifest(transport) {
  if (transport === "tcp") return null;
  const port = { port: 0, address: "127.0.0.1" };
  const documents = [];
  if (isWeb(transport)) port.protocol = "WebSockets";
  if (isEncrypted(transport)) {
    const { crt, key } = certificate();
    port.tls = { mode: "Manual", manual: { secretRef: "server" } };
    documents.push({ apiVersion: "v1", kind: "Secret", metadata: { name: "server" },
      stringData: { "tls.crt": `file:${crt}`, "tls.key": `file:${key}` } });
  }
  documents.push({ apiVersion: "mqttbroker.iotoperations.azure.com/v1", kind: "BrokerListener",
    metadata: { name: "test" }, spec: { ports: [port] } });
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "signet-")), "signet.yaml");
  fs.writeFileSync(file, documents.map((each) => JSON.stringify(each)).join("\n---\n"));
  return { file, remove: () => fs.rmSync(path.dirname(file), { recursive: true }) };
}

// Options for mqtt.connect().
function clientOptions(transport) {
  return { protocol: SCHEMES[transport], ...(isEncrypted(transport) && { ca: certificate().ca }) };
}

module.exports = { clientOptions, writeManifest };
