"use strict";
// Installs what package-lock.json names into a folder of the build, once, and gives the client.

const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const { createRequire } = require("node:module");
const path = require("node:path");

const HERE = path.dirname(__dirname);

function loadMqtt(folder) {
  const lock = fs.readFileSync(path.join(HERE, "package-lock.json"), "utf8");
  const installed = path.join(folder, "installed-lock.json");  // Written last.
  if (!fs.existsSync(installed) || fs.readFileSync(installed, "utf8") !== lock) {
    fs.mkdirSync(folder, { recursive: true });
    for (const name of ["package.json", "package-lock.json"]) {
      fs.copyFileSync(path.join(HERE, name), path.join(folder, name));
    }
    const options = ["--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline"];
    execFileSync("npm", ["ci", ...options], { cwd: folder, stdio: "inherit" });
    fs.writeFileSync(installed, lock);
  }
  return createRequire(path.join(folder, "package.json"))("mqtt");
}

module.exports = { mqtt: loadMqtt(process.env.SIGNET_NODE_FOLDER) };
