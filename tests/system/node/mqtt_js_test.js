"use strict";
// mqtt.js 5 and the broker: MQTT 3.1.1 and 5.0.

require("./messages");  // Each brings its cases along.
require("./sessions");
require("./version5");

require("./support/cases").main("mqtt_js_test");
