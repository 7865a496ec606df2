"""What comes from elsewhere, in order, to be waited for."""

import threading

from support.broker import PATIENCE


class Inbox:
    def __init__(self, name):
        self._name = name
        self._items = []
        self._changed = threading.Condition()
        self._taken = 0

    def put(self, item):
        with self._changed:
            self._items.append(item)
            self._changed.notify_all()

    def take(self, count=1, patience=PATIENCE):
        """The next `count` items, as a list."""
        with self._changed:
            end = self._taken + count
            if not self._changed.wait_for(lambda: len(self._items) >= end, patience):
                came = self._items[self._taken:]
                raise AssertionError(f"{self._name}: {count} awaited, {len(came)} came: {came}")
            items = self._items[self._taken:end]
            self._taken = end
            return items

    def next(self):
        return self.take()[0]

    def waiting(self):
        """How many have come and were not taken."""
        with self._changed:
            return len(self._items) - self._taken
