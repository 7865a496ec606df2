"use strict";
// What outlives a connection, and how connections end.

const assert = require("node:assert/strict");

const { EVERYWHERE, numbered, payloads, suite } = require("./support/cases");

suite("Sessions", { versions: [4, 5], transports: EVERYWHERE }, {
  "what is queued comes when the client does": async (world) => {
    const sleeper = await world.lasting("sleeper");
    assert.equal(sleeper.sessionPresent, false);
    await sleeper.subscribe("queue/#", 2);
    await world.leave(sleeper);
    const publisher = await world.client("publisher");
    for (const [number, text] of numbered(50).entries()) {
      await publisher.publish("queue/x", text, 1 + (number % 2));
    }
    const awake = await world.lasting("sleeper");
    assert.equal(awake.sessionPresent, true);
    const messages = await awake.messages.take(50);
    for (const qos of [1, 2]) {  // A QoS 2 message shows when PUBREL comes, after its turn.
      assert.deepEqual(payloads(messages.filter((message) => message.qos === qos)),
        numbered(50).filter((_, number) => number % 2 === qos - 1));
    }
    await world.assertNothingBefore(awake, publisher, "queue/fence");
  },

  "what was not acknowledged comes again": async (world) => {
    const subscriber = await world.lasting("subscriber");
    await subscriber.subscribe("again", 1);
    subscriber.stopAcknowledging();
    const publisher = await world.client("publisher");
    await publisher.publish("again", "one", 1);
    assert.deepEqual(payloads(await subscriber.messages.take(1)), ["one"]);
    await subscriber.drop();
    await world.broker.awaitLog('client disconnected client_id="subscriber"');
    await publisher.publish("again", "two", 1);
    const back = await world.lasting("subscriber");
    assert.equal(back.sessionPresent, true);
    assert.deepEqual((await back.messages.take(2)).map((m) => [String(m.payload), m.dup]),
      [["one", true], ["two", false]]);
    await world.assertNothingBefore(back, publisher, "again");
  },

  "what the broker did not acknowledge is taken once at QoS 2": async (world) => {
    const watcher = await world.client("watcher");
    await watcher.subscribe("once/#", 2);
    const relay = await world.relay();
    const publisher = await world.lasting("publisher", { port: relay.port });
    relay.loseWhatComesDown();
    const done = Promise.all(numbered(20).map((text) => publisher.publish("once/2", text, 2)));
    assert.deepEqual(payloads(await watcher.messages.take(20)), numbered(20));
    relay.cut();
    await publisher.ends.next();
    await publisher.reconnect();  // Sends all of them again.
    assert.equal(publisher.sessionPresent, true);
    await done;
    await world.assertNothingBefore(watcher, publisher, "once/fence");
  },

  "what the broker did not acknowledge comes again at QoS 1": async (world) => {
    const watcher = await world.client("watcher");
    await watcher.subscribe("repeat", 1);
    const relay = await world.relay();
    const publisher = await world.lasting("publisher", { port: relay.port });
    relay.loseWhatComesDown();
    const done = publisher.publish("repeat", "x", 1);
    await watcher.messages.next();
    relay.cut();
    await publisher.ends.next();
    await publisher.reconnect();
    await done;
    assert.deepEqual(payloads(await watcher.messages.take(1)), ["x"]);
  },

  "a clean one forgets everything": async (world) => {
    const first = await world.lasting("forgetful");
    await first.subscribe("old", 1);
    await world.leave(first);
    const publisher = await world.client("publisher");
    await publisher.publish("old", "queued", 1);
    const second = await world.client("forgetful");
    assert.equal(second.sessionPresent, false);
    await publisher.publish("old", "live", 1);
    await second.subscribe("new", 1);
    await world.assertNothingBefore(second, publisher, "new");
    await world.leave(second);
    assert.equal((await world.lasting("forgetful")).sessionPresent, false);
  },

  "a second client takes over and the first is closed": async (world) => {
    const first = await world.lasting("twin");
    await first.subscribe("twin", 1);
    const second = await world.lasting("twin");
    assert.equal(second.sessionPresent, true);
    await first.ends.next();
    if (world.version === 5) assert.equal(await first.disconnects.next(), 0x8e);
    const publisher = await world.client("publisher");
    await publisher.publish("twin", "to the second", 1);
    assert.deepEqual(payloads(await second.messages.take(1)), ["to the second"]);
    assert.equal(first.messages.waiting, 0);
  },

  "SIGTERM ends all connections and the broker": async (world) => {
    const clients = [];
    for (const text of numbered(6)) clients.push(await world.client(text));
    world.broker.askToStop();
    for (const client of clients) {
      await client.ends.next();
      if (world.version === 5) assert.equal(await client.disconnects.next(), 0x8b);
    }
  },
});
