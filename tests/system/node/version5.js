"use strict";
// What only MQTT 5.0 has.

const assert = require("node:assert/strict");

const { numbered, payloads, suite } = require("./support/cases");

suite("Version5", { versions: [5] }, {
  "properties of a message reach the subscriber": async (world) => {
    const subscriber = await world.client("subscriber");
    await subscriber.subscribe("#", 1, { properties: { subscriptionIdentifier: 268_435_455 } });
    await subscriber.subscribe("deep/+", 1, { properties: { subscriptionIdentifier: 1 } });
    const properties = {
      payloadFormatIndicator: true, contentType: "text/plain", responseTopic: "answer/here",
      correlationData: Buffer.from([0, 255]), userProperties: { key: ["1", "2"], other: "grüße" },
    };
    const publisher = await world.client("publisher");
    await publisher.publish("deep/topic", "x", 1, { properties });
    // A Session that matches by several Subscriptions gets one copy, with all Identifiers.
    const { subscriptionIdentifier, ...received } = (await subscriber.messages.next()).properties;
    assert.deepEqual({ ...received, userProperties: { ...received.userProperties } }, properties);
    assert.deepEqual(subscriptionIdentifier.sort((a, b) => a - b), [1, 268_435_455]);
    await world.assertNothingBefore(subscriber, publisher, "other");
  },

  "Topic Aliases work both ways": async (world) => {
    const subscriber = await world.client("subscriber", { properties: { topicAliasMaximum: 2 } });
    await subscriber.subscribe("alias/#", 1);
    const publisher = await world.client("publisher", { autoAssignTopicAlias: true });
    assert.ok(publisher.connack.properties.topicAliasMaximum >= 2);
    const topics = ["alias/one", "alias/two", "alias/three"];
    for (const text of numbered(30)) {
      for (const topic of topics) await publisher.publish(topic, text, 1);
    }
    const messages = await subscriber.messages.take(90);
    assert.deepEqual(messages.map(({ topic, payload }) => `${topic} ${payload}`),
      numbered(30).flatMap((text) => topics.map((topic) => `${topic} ${text}`)));
    assert.ok(messages.some(({ aliased }) => aliased));  // The broker has used them, too.
  },

  "a request gets its response": async (world) => {
    const server = await world.client("server");
    await server.subscribe("service", 1);
    const asker = await world.client("asker");
    await asker.subscribe("answers/asker", 1);
    const correlationData = Buffer.from("number 5");
    await asker.publish("service", "question", 1,
      { properties: { responseTopic: "answers/asker", correlationData } });
    const request = await server.messages.next();
    await server.publish(request.properties.responseTopic, "answer", 1,
      { properties: { correlationData: request.properties.correlationData } });
    const response = await asker.messages.next();
    assert.equal(String(response.payload), "answer");
    assert.ok(correlationData.equals(response.properties.correlationData));
  },

  "Subscription Options are respected": async (world) => {
    const publisher = await world.client("publisher");
    await publisher.publish("option", "kept", 1, { retain: true });
    const subscriber = await world.client("subscriber");
    const receive = async () => {
      const { payload, retain } = await subscriber.messages.next();
      return [String(payload), retain];
    };
    await subscriber.subscribe("option", 1, { rh: 2 });
    await publisher.publish("option", "live", 1, { retain: true });
    assert.deepEqual(await receive(), ["live", false]);
    // Not a new one, hence nothing that is retained.
    await subscriber.subscribe("option", 1, { rh: 1, rap: true });
    await publisher.publish("option", "as published", 1, { retain: true });
    assert.deepEqual(await receive(), ["as published", true]);
    await subscriber.subscribe("own", 1, { nl: true });
    await subscriber.publish("own", "mine", 1);
    await world.assertNothingBefore(subscriber, publisher, "own");
  },

  "a Will waits for its delay": async (world) => {
    const watcher = await world.client("watcher");
    await watcher.subscribe("will", 1);
    const will = { topic: "will", payload: Buffer.from("gone"), qos: 1, retain: false,
      properties: { willDelayInterval: 1 } };
    const mortal = await world.lasting("mortal", { will });
    const begin = performance.now();
    await mortal.drop();
    assert.deepEqual(payloads(await watcher.messages.take(1)), ["gone"]);
    assert.ok(performance.now() - begin >= 1000);
  },

  "a Will may be asked for with DISCONNECT": async (world) => {
    const watcher = await world.client("watcher");
    await watcher.subscribe("will", 1);
    const will = { topic: "will", payload: Buffer.from("asked"), qos: 1, retain: false };
    const mortal = await world.client("mortal", { will });
    await mortal.disconnect({ reasonCode: 0x04 });
    assert.deepEqual(payloads(await watcher.messages.take(1)), ["asked"]);
  },

  "a client without a name is given one": async (world) => {
    const names = new Set();
    for (let count = 0; count < 2; ++count) {
      const { connack } = await world.client("");
      names.add(connack.properties.assignedClientIdentifier);
    }
    assert.equal(names.size, 2);
    assert.ok(!names.has(undefined));
  },

  "nothing larger than a client takes is sent to it": async (world) => {
    const subscriber = await world.client("subscriber", { properties: { maximumPacketSize: 100 } });
    await subscriber.subscribe("size", 1);
    const publisher = await world.client("publisher");
    await publisher.publish("size", Buffer.alloc(100), 1);
    await publisher.publish("size", Buffer.alloc(80), 1);
    assert.equal((await subscriber.messages.next()).payload.length, 80);
  },
});
