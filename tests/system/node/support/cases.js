"use strict";
// Cases: each is run once for every combination of its axes, and reported as GoogleTest does, so
// that tools/count-tests counts it.

const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");

const { Broker } = require("./broker");
const { Peer } = require("./peer");
const { Relay } = require("./relay");

// As in ../../python/support/cases.py.
const shardCounts = (text = "1,2,4") => text.split(",").filter(Boolean).map(Number);
const SHARDS = shardCounts(process.env.SIGNET_SHARD_COUNTS);
const SHARDS_OF_LONG = shardCounts(process.env.SIGNET_SHARD_COUNTS_OF_LONG);

// What a case has at hand: a broker of its own, which must stop with exit code 0 behind it.
class World {
  constructor(broker, version, transport) {
    this.broker = broker;
    this.version = version;
    this.transport = transport;
    this._cleanups = [];
  }

  async client(clientId, { port = this.broker.port, ...options } = {}) {
    const { transport } = this;
    const peer = await Peer.connect(port, clientId, this.version, { transport, ...options });
    this._cleanups.push(() => peer.close());
    return peer;
  }

  // A client whose Session outlives its connection.
  lasting(clientId, options = {}) {
    return this.client(clientId, { clean: false, ...options });
  }

  async relay() {
    const relay = await Relay.start(this.broker.port);
    this._cleanups.push(() => relay.close());
    return relay;
  }

  // Disconnects, and resolves once the broker has noticed: its shards hear of it in any order with
  // what comes over another connection.
  async leave(peer, options) {
    const line = `client disconnected client_id="${peer.clientId}"`;
    const before = this.broker.countInLog(line);
    await peer.disconnect(options);
    await this.broker.awaitLog(line, before + 1);
  }

  // What comes next to `subscriber` is what `publisher` sends now, hence nothing was due.
  async assertNothingBefore(subscriber, publisher, topic) {
    await publisher.publish(topic, "fence", 1);
    assert.equal(String((await subscriber.messages.next()).payload), "fence");
  }

  async close() {
    for (const cleanup of this._cleanups.reverse()) cleanup();
    await this.broker.stop();
  }
}

const numbered = (count) => Array.from({ length: count }, (_, number) => `m${number}`);
const payloads = (messages) => messages.map(({ payload }) => String(payload));

const registered = [];

const OVER_TCP = ["tcp"];
// For cases that also run over something else: one version of MQTT is enough there.
const EVERYWHERE = ["tcp", "tls", "ws", "wss"];

// suite("Name", { versions: [4, 5], transports: EVERYWHERE }, { "does this": async (world) => {} })
function suite(name, { versions, transports = OVER_TCP, counts = SHARDS }, cases) {
  for (const transport of transports) {
    for (const version of transport === "tcp" ? versions : versions.slice(-1)) {
      for (const shards of counts) {
        const over = transport === "tcp" ? "" : `_over_${transport}`;
        const fullName = `${name}_version${version}_shards${shards}${over}`;
        for (const [title, run] of Object.entries(cases)) {
          registered.push({ suite: fullName, title, run, version, shards, transport });
        }
      }
    }
  }
}

// Resolves to what went wrong, or to null.
async function problemOf({ run, version, shards, transport }) {
  let problem = null;
  try {
    const world = new World(await Broker.start(shards, transport), version, transport);
    try {
      await run(world);
    } catch (error) {
      problem = error;
    } finally {
      await world.close();
    }
  } catch (error) {
    problem ??= error;
  }
  return problem;
}

const escape = (text) => text.replace(/[^\n\x20-\x7e]/g, "?")
  .replace(/[<>&"']/g, (c) => `&#${c.charCodeAt(0)};`);

function writeReport(name, results) {
  const [kind, folder] = (process.env.GTEST_OUTPUT ?? "").split(/:(.*)/s);
  if (kind !== "xml") return;
  const failed = results.filter((result) => result.problem !== null).length;
  const counts = `tests="${results.length}" failures="${failed}" disabled="0" errors="0"`;
  const cases = results.map(({ suite: classname, title, seconds, problem }) =>
    `<testcase name="${escape(title)}" classname="${classname}" time="${seconds.toFixed(3)}">` +
    `${problem === null ? "" : `<failure>${escape(String(problem.stack))}</failure>`}</testcase>`);
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, `${name}.xml`),
    `<testsuites ${counts}>\n<testsuite name="${name}" ${counts} skipped="0">\n` +
    `${cases.join("\n")}\n</testsuite>\n</testsuites>\n`);
}

// Runs the cases whose name holds the first argument; `name` is the one CTest knows the program by.
async function main(name) {
  const wanted = process.argv[2] ?? "";
  const results = [];
  process.on("unhandledRejection", () => {});  // Of what a case that failed no longer awaits.
  for (const each of registered.filter(({ suite: s, title }) => `${s} ${title}`.includes(wanted))) {
    const begin = process.hrtime.bigint();
    const problem = await problemOf(each);
    const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
    results.push({ ...each, seconds, problem });
    console.log(`${each.suite} ${each.title} ... ${problem === null ? "ok" : "FAILED"}`);
    if (problem !== null) console.log(problem.stack);
  }
  writeReport(name, results);
  const failed = results.filter((result) => result.problem !== null).length;
  console.log(`${results.length} cases, ${failed} failed`);
  process.exit(results.length > 0 && failed === 0 ? 0 : 1);
}

module.exports = { EVERYWHERE, SHARDS_OF_LONG, main, numbered, payloads, suite };
