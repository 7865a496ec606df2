"""Tokens, good and tampered with, and what jose of npm thinks of them (../../node/second_opinion.js)."""

import json
import os
import pathlib
import subprocess

from support.broker import PATIENCE

_PROGRAM = pathlib.Path(__file__).parents[2] / "node/second_opinion.js"


class Opinion:
    def __init__(self, kind, stricter, token, accepted):
        self.kind = kind
        self.stricter = stricter  # Why the broker may refuse what jose accepts; None: it may not.
        self.token = token
        self.accepted = accepted


def ask(**options):
    """What the tokens are signed by, and an Opinion of each."""
    done = subprocess.run(
        [os.environ.get("SIGNET_NODE", "node"), _PROGRAM, json.dumps(options)],
        stdout=subprocess.PIPE, text=True, check=True, timeout=PATIENCE)
    signers, *opinions = map(json.loads, done.stdout.rstrip("\n").split("\n"))
    return signers, [Opinion(**opinion) for opinion in opinions]
