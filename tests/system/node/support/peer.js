"use strict";
// A client of mqtt.js with its events turned into things to wait for.

const { Inbox, inTime } = require("./inbox");
const { load } = require("./install");
const { clientOptions } = require("./transports");

const mqtt = load("mqtt");

const NEVER_EXPIRES = 0xffffffff;

class Peer {
  // Resolves once CONNACK says success. It does not connect again by itself.
  static async connect(port, clientId, version, options) {
    const peer = new Peer(port, clientId, version, options);
    await peer.connected();
    return peer;
  }

  constructor(port, clientId, version, { transport, ...options }) {
    this.clientId = clientId;
    this._v5 = version === 5;
    this._connecting = true;
    const lasting = options.clean === false && this._v5;
    this._client = mqtt.connect({
      host: "127.0.0.1", port, clientId, protocolVersion: version, reconnectPeriod: 0,
      resubscribe: false, connectTimeout: 60_000, ...clientOptions(transport), ...options,
      properties: this._v5
        ? { ...(lasting && { sessionExpiryInterval: NEVER_EXPIRES }), ...options.properties }
        : undefined,
    });
    const inbox = (what) => new Inbox(`${what} of client ${clientId}`);
    this.connacks = inbox("CONNACK");
    this.messages = inbox("message");
    this.disconnects = inbox("DISCONNECT");
    this.ends = inbox("end");
    this._client.on("connect", (connack) => this.connacks.put(connack));
    this._client.on("message", (topic, payload, packet) => {
      const { qos, retain, dup, properties = {} } = packet;
      const aliased = packet.topic.length === 0;
      this.messages.put({ topic, payload, qos, retain, dup, properties, aliased });
    });
    this._client.on("disconnect", (packet) => this.disconnects.put(packet.reasonCode));
    this._client.on("close", () => this.ends.put("close"));
    this._client.on("error", (error) => this._connecting && this.connacks.put(error));
  }

  async connected() {
    this.connack = await this.connacks.next();
    this._connecting = false;
    if (this.connack instanceof Error) throw this.connack;
    this.sessionPresent = this.connack.sessionPresent;
  }

  // Connects again with what it has not delivered yet.
  async reconnect() {
    const { incomingStore, outgoingStore } = this._client;
    this._connecting = true;
    this._client.reconnect({ incomingStore, outgoingStore });
    await this.connected();
  }

  // Resolves to the QoS that is granted.
  async subscribe(filter, qos = 0, options = {}) {
    const granted = this._client.subscribeAsync(filter, { qos, ...options });
    return (await inTime(granted, () => `SUBACK for ${filter}`))[0].qos;
  }

  async unsubscribe(filter) {
    await inTime(this._client.unsubscribeAsync(filter), () => `UNSUBACK for ${filter}`);
  }

  // Resolves once it is acknowledged (QoS 0: sent).
  async publish(topic, payload = "", qos = 0, options = {}) {
    const done = this._client.publishAsync(topic, payload, { qos, ...options });
    await inTime(done, () => `the acknowledgement of a message to ${topic}`);
  }

  // From now on it acknowledges nothing of QoS 1, and reads no further than that.
  stopAcknowledging() {
    this._client.handleMessage = () => {};
  }

  // Ends the connection without DISCONNECT.
  async drop() {
    this._client.stream.destroy();
    await this.ends.next();
  }

  // Says DISCONNECT.
  async disconnect(options = {}) {
    await inTime(this._client.endAsync(false, options), () => "the end after DISCONNECT");
  }

  close() {
    this._client.end(true);
  }
}

module.exports = { Peer, NEVER_EXPIRES };
