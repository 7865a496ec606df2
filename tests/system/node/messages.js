"use strict";
// Messages on their way: QoS, Retained Messages, Wills, Shared Subscriptions.

const assert = require("node:assert/strict");
const crypto = require("node:crypto");

const { EVERYWHERE, SHARDS_OF_LONG, numbered, payloads, suite } = require("./support/cases");
const { Inbox } = require("./support/inbox");

suite("Publish", { versions: [4, 5], transports: EVERYWHERE }, {
  "each QoS reaches each subscriber at the lower one": async (world) => {
    const subscribers = [];
    for (const qos of [0, 1, 2]) {
      const subscriber = await world.client(`subscriber-${qos}`);
      assert.equal(await subscriber.subscribe("room/+/light", qos), qos);
      subscribers.push(subscriber);
    }
    for (const qos of [0, 1, 2]) {
      const publisher = await world.client(`publisher-${qos}`);
      await publisher.publish(`room/${qos}/light`, "on", qos);
      for (const [limit, subscriber] of subscribers.entries()) {
        const { topic, payload, qos: received, retain } = await subscriber.messages.next();
        assert.deepEqual([topic, String(payload), received, retain],
          [`room/${qos}/light`, "on", Math.min(qos, limit), false]);
      }
    }
  },

  "messages of each QoS keep their order": async (world) => {
    const subscriber = await world.client("subscriber");
    await subscriber.subscribe("#", 2);
    const publisher = await world.client("publisher");
    for (const qos of [0, 1, 2]) {
      await Promise.all(numbered(100).map((text) => publisher.publish(`order/${qos}`, text, qos)));
      assert.deepEqual(payloads(await subscriber.messages.take(100)), numbered(100));
    }
  },

  "what is unsubscribed comes no more": async (world) => {
    const subscriber = await world.client("subscriber");
    await subscriber.subscribe("a", 1);
    await subscriber.subscribe("b", 1);
    await subscriber.unsubscribe("a");
    const publisher = await world.client("publisher");
    await publisher.publish("a", "unwanted", 1);
    await world.assertNothingBefore(subscriber, publisher, "b");
  },

  "a payload of 256 KiB arrives unchanged": async (world) => {
    const payload = crypto.randomBytes(256 * 1024);
    const subscriber = await world.client("subscriber");
    await subscriber.subscribe("big", 2);
    const publisher = await world.client("publisher");
    for (const qos of [0, 1, 2]) {
      await publisher.publish("big", payload, qos);
      const received = await subscriber.messages.next();
      assert.equal(received.qos, qos);
      assert.ok(payload.equals(received.payload));
    }
  },
});

suite("LargePayload", { versions: [4, 5], counts: SHARDS_OF_LONG }, {
  "a payload of 100 MiB arrives unchanged": async (world) => {
    const payload = crypto.randomBytes(100 * 1024 * 1024);
    const subscriber = await world.client("subscriber");
    await subscriber.subscribe("huge", 1);
    const publisher = await world.client("publisher");
    await publisher.publish("huge", payload, 1);
    const received = await subscriber.messages.next();
    assert.ok(payload.equals(received.payload));
  },
});

suite("Retained", { versions: [4, 5], transports: EVERYWHERE }, {
  "it is there for new Subscriptions until cleared": async (world) => {
    const publisher = await world.client("publisher");
    const live = await world.client("live");
    await live.subscribe("house/#", 1);
    const retain = { retain: true };
    await publisher.publish("house/attic", "old", 1, retain);
    await publisher.publish("house/cellar/wine", "old", 2, retain);
    await publisher.publish("house/attic", "new", 1, retain);
    assert.deepEqual((await live.messages.take(3)).map((m) => [String(m.payload), m.retain]),
      [["old", false], ["old", false], ["new", false]]);

    const late = await world.client("late");
    await late.subscribe("house/#", 1);
    const found = (await late.messages.take(2)).map((m) => [m.topic, String(m.payload), m.retain]);
    assert.deepEqual(found.sort(),
      [["house/attic", "new", true], ["house/cellar/wine", "old", true]]);
    await late.unsubscribe("house/#");

    await publisher.publish("house/attic", "", 1, retain);
    await late.subscribe("house/#", 1);
    assert.equal((await late.messages.next()).topic, "house/cellar/wine");
    await world.assertNothingBefore(late, publisher, "house/fence");
  },
});

suite("Wills", { versions: [4, 5] }, {
  "is published when the connection is dropped": async (world) => {
    const watcher = await world.client("watcher");
    await watcher.subscribe("will", 2);
    for (const qos of [0, 1, 2]) {
      const will = { topic: "will", payload: Buffer.from(`gone ${qos}`), qos, retain: qos === 2 };
      const mortal = await world.client(`mortal-${qos}`, { will });
      await mortal.drop();
      const message = await watcher.messages.next();
      assert.deepEqual([String(message.payload), message.qos], [`gone ${qos}`, qos]);
    }
    const late = await world.client("late");
    await late.subscribe("will", 1);
    const { payload, retain } = await late.messages.next();
    assert.deepEqual([String(payload), retain], ["gone 2", true]);
  },

  "is not published after DISCONNECT": async (world) => {
    const watcher = await world.client("watcher");
    await watcher.subscribe("will", 1);
    const will = { topic: "will", payload: Buffer.from("gone"), qos: 1, retain: false };
    const mortal = await world.client("mortal", { will });
    await world.leave(mortal);
    // At home in the same place, so that nothing it sends overtakes its predecessor's Will.
    await world.assertNothingBefore(watcher, await world.client("mortal"), "will");
  },
});

suite("Shared", { versions: [4, 5] }, {
  "each message goes to one member and each member has work": async (world) => {
    const shared = new Inbox("message of any member");
    for (const name of ["a", "b", "c", "d"]) {
      const member = await world.client(name);
      member.messages = { put: ({ payload }) => shared.put({ name, payload }) };
      await member.subscribe("$share/crew/jobs/+", 1);
    }
    const outsider = await world.client("outsider");
    await outsider.subscribe("jobs/#", 1);
    const publisher = await world.client("publisher");
    for (const text of numbered(80)) await publisher.publish("jobs/now", text, 1);
    const taken = await shared.take(80);
    assert.deepEqual(new Set(payloads(taken)), new Set(numbered(80)));
    assert.deepEqual(new Set(taken.map(({ name }) => name)), new Set(["a", "b", "c", "d"]));
    assert.deepEqual(payloads(await outsider.messages.take(80)), numbered(80));
  },
});
