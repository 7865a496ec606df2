"use strict";
// A wire between a client and the broker that can be cut, or made to swallow what comes down.

const net = require("node:net");
const { once } = require("node:events");

class Relay {
  static async start(brokerPort) {
    const relay = new Relay(brokerPort);
    relay._server.listen(0, "127.0.0.1");
    await once(relay._server, "listening");
    relay.port = relay._server.address().port;
    return relay;
  }

  constructor(brokerPort) {
    this._sockets = new Set();
    this._deaf = false;
    this._server = net.createServer((client) => {
      const broker = net.connect(brokerPort, "127.0.0.1");
      client.on("data", (bytes) => broker.write(bytes));
      broker.on("data", (bytes) => this._deaf || client.write(bytes));
      for (const [end, other] of [[client, broker], [broker, client]]) {
        this._sockets.add(end);
        end.setNoDelay(true);
        end.on("error", () => {});  // Cut: the close that follows is what counts.
        end.on("close", () => {
          this._sockets.delete(end);
          other.destroy();
        });
      }
    });
  }

  // From now on what comes down from the broker is lost on the way.
  loseWhatComesDown() {
    this._deaf = true;
  }

  // Resets what is connected. Connections made afterwards are whole again.
  cut() {
    this._deaf = false;
    for (const end of this._sockets) end.resetAndDestroy();
  }

  close() {
    this.cut();
    this._server.close();
  }
}

module.exports = { Relay };
