"use strict";
// What comes from elsewhere, in order, to be waited for.

// Far longer than anything takes, sanitizers and a busy machine included.
const PATIENCE_MS = 60_000;

// What `promise` yields; rejects when it does not in time. `what` says what was awaited.
async function inTime(promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not in time: ${what()}`)), PATIENCE_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

class Inbox {
  constructor(name) {
    this._name = name;
    this._items = [];
    this._changed = () => {};
  }

  put(item) {
    this._items.push(item);
    this._changed();
  }

  // The next `count` items, as an array. One caller at a time.
  async take(count) {
    const enough = new Promise((resolve) => {
      this._changed = () => this._items.length >= count && resolve();
      this._changed();
    });
    await inTime(enough, () => `${count} of ${this._name}, ${this._items.length} came`);
    return this._items.splice(0, count);
  }

  async next() {
    return (await this.take(1))[0];
  }

  // How many have come and were not taken.
  get waiting() {
    return this._items.length;
  }
}

module.exports = { Inbox, inTime };
