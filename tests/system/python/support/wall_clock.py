"""A wall clock for the broker's process that a case can set; the monotonic one stays as it is."""

import pathlib
import tempfile


class WallClock:
    """Runs `ahead` seconds ahead of the real one. `environment` is for the process."""

    def __init__(self):
        [library] = pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")
        self._file = tempfile.NamedTemporaryFile("w")
        self.ahead = 0
        self.environment = {
            "LD_PRELOAD": str(library), "FAKETIME_TIMESTAMP_FILE": self._file.name,
            "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DONT_RESET": "1"}
        self.jump(0)

    def jump(self, seconds):
        self.ahead += seconds
        # Replaced at once: half of it would be another time.
        new = pathlib.Path(f"{self._file.name}.new")
        new.write_text(f"{self.ahead:+d}\n")
        new.replace(self._file.name)
