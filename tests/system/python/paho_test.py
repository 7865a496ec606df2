#!/usr/bin/python3
"""Paho's Python client 1.6 and the broker: MQTT 3.1.1 and 5.0."""

import paho_messages  # Each brings its cases along.
import paho_sessions
import paho_version5
from support.cases import main

if __name__ == "__main__":
    main("paho_python_test", paho_messages, paho_sessions, paho_version5)
