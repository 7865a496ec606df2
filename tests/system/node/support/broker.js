"use strict";
// A broker of its own for a case: the program under test on a free port of 127.0.0.1.

const { spawn } = require("node:child_process");
const readline = require("node:readline");

const { Inbox, inTime } = require("./inbox");
const { writeManifest } = require("./transports");

class Broker {
  static async start(shards, transport, ...more) {
    const broker = new Broker(shards, transport, more);
    const begin = "listening 127.0.0.1:";
    const line = await broker._lines.next();
    if (line === null || !line.startsWith(begin)) {
      await broker._exited;
      throw new Error(`the broker does not start: ${line}\n${broker.log}`);
    }
    broker.port = Number(line.slice(begin.length));
    return broker;
  }

  constructor(shards, transport, more) {
    this._manifest = writeManifest(transport);
    const where = this._manifest ? ["--config", this._manifest.file] : ["--listen", "127.0.0.1:0"];
    // setpriv: the broker does not outlive us, whatever ends us.
    const command = ["--pdeathsig", "KILL", process.env.SIGNET_BINARY, ...where,
      "--shards", String(shards), "--no-pin", ...more];
    this._process = spawn("setpriv", command, { stdio: ["ignore", "pipe", "pipe"] });
    this._exited = new Promise((resolve) => {
      this._process.once("close", (code, signal) => resolve(signal ?? code));
      this._process.once("error", resolve);
    });
    this._lines = new Inbox("line of the broker");
    readline.createInterface({ input: this._process.stdout })
      .on("line", (line) => this._lines.put(line)).on("close", () => this._lines.put(null));
    this.log = "";
    this._readers = new Set();
    this._process.stderr.setEncoding("utf8").on("data", (text) => {
      this.log += text;
      for (const reader of this._readers) reader();
    });
  }

  countInLog(text) {
    return this.log.split(text).length - 1;
  }

  // Resolves once the log holds `text` so many times.
  async awaitLog(text, times = 1) {
    let reader;
    const found = new Promise((resolve) => {
      reader = () => this.countInLog(text) >= times && resolve();
      this._readers.add(reader);
      reader();
    });
    await inTime(found, () => `"${text}" in the log:\n${this.log}`);
    this._readers.delete(reader);
  }

  askToStop() {
    if (!this._asked) this._process.kill("SIGTERM");  // A second signal would end it at once.
    this._asked = true;
  }

  // Ends it; that must work, and with exit code 0.
  async stop() {
    this.askToStop();
    try {
      const code = await inTime(this._exited, () => "the end of the broker");
      if (code !== 0) throw new Error(`the broker ended with ${code}:\n${this.log}`);
    } finally {
      this._process.kill("SIGKILL");  // Nothing happens if it has ended.
      this._manifest?.remove();
    }
  }
}

module.exports = { Broker };
