"use strict";
// Installs what package-lock.json names into a folder of the build, once, and gives its packages.

const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const { createRequire } = require("node:module");
const path = require("node:path");
const { pathToFileURL } = require("node:url");

const HERE = path.dirname(__dirname);

// A require() that finds them.
function install(folder) {
  const lock = fs.readFileSync(path.join(HERE, "package-lock.json"), "utf8");
  const installed = path.join(folder, "installed-lock.json");  // Written last.
  if (!fs.existsSync(installed) || fs.readFileSync(installed, "utf8") !== lock) {
    fs.mkdirSync(folder, { recursive: true });
    for (const name of ["package.json", "package-lock.json"]) {
      fs.copyFileSync(path.join(HERE, name), path.join(folder, name));
    }
    const options = ["--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline"];
    // What npm says is no output of ours: others read that.
    const stdio = ["ignore", process.stderr, process.stderr];
    execFileSync("npm", ["ci", ...options], { cwd: folder, stdio });
    fs.writeFileSync(installed, lock);
  }
  return createRequire(path.join(folder, "package.json"));
}

const load = install(process.env.SIGNET_NODE_FOLDER);

module.exports = {
  load,
  // Of a package that is an ES module, which Node.js 18 cannot require(): a promise.
  loadModule: (name) => import(pathToFileURL(load.resolve(name))),
};
