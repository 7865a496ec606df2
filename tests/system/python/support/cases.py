"""Cases: one class for each combination of what they are run with, and a report to be counted."""

import itertools
import os
import pathlib
import sys
import time
import unittest
import xml.etree.ElementTree as ElementTree

from support.broker import Broker
from support.config import Config, port


def shard_counts(variable):
    text = os.environ.get(variable, "1,2,4")
    return tuple(map(int, text.split(","))) if text else ()


# With how many shards a case runs: few where a sanitizer makes each run cost a multiple; and one
# whose client takes longer than the broker, which is none there.
SHARDS = shard_counts("SIGNET_SHARD_COUNTS")
SHARDS_OF_LONG = shard_counts("SIGNET_SHARD_COUNTS_OF_LONG")


class SystemCase:
    """Each case has a broker of its own, which must stop with exit code 0 behind it."""

    shards = 1
    transport = "tcp"  # Of support.config.TRANSPORTS: what the broker's port and its clients speak.
    arguments = ()

    def setUp(self):
        if self.transport == "tcp":
            self.broker = Broker(*self.arguments, shards=self.shards)
            self.addCleanup(self.broker.stop)
        else:
            self.start(port(transport=self.transport))

    def start(self, *ports, shards=None, **options):
        """A broker by manifests, with these ports; `config` can be changed."""
        self.config = Config(*ports)
        self.addCleanup(self.config.close)
        options.setdefault("ports", len(ports))
        self.broker = Broker(*self.arguments, shards=shards or self.shards, config=self.config.path,
                             **options)
        self.addCleanup(self.broker.stop)


def for_each(**axes):
    """Makes a unittest class of `base` for each combination; `base` itself is none."""

    def decorate(base):
        module = sys.modules[base.__module__]
        for values in itertools.product(*axes.values()):
            name = base.__name__ + "".join(f"_{axis}{value}" for axis, value in zip(axes, values))
            members = dict(zip(axes, values), __module__=base.__module__, __qualname__=name)
            setattr(module, name, type(name, (base, unittest.TestCase), members))
        return base

    return decorate


class _Result(unittest.TextTestResult):
    """Also keeps what tools/count-tests wants to know."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.cases = {}

    def startTest(self, test):
        super().startTest(test)
        self._begin = time.monotonic()
        self.cases[test.id()] = {"test": test, "problems": []}

    def stopTest(self, test):
        super().stopTest(test)
        self.cases[test.id()]["time"] = time.monotonic() - self._begin

    def addError(self, test, err):
        super().addError(test, err)
        self._note(test, err)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._note(test, err)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._note(test, err)

    def _note(self, test, err):
        # What fails outside a case, such as setUpClass, counts as a case that failed.
        case = self.cases.setdefault(test.id(), {"test": test, "problems": [], "time": 0.0})
        case["problems"].append(self._exc_info_to_string(err, test))


def _write_report(result, path):
    """As GoogleTest does, for tools/count-tests."""
    failed = sum(1 for case in result.cases.values() if case["problems"])
    skipped = len(result.skipped)
    counts = {"tests": str(len(result.cases)), "failures": str(failed), "disabled": "0",
              "errors": "0"}
    root = ElementTree.Element("testsuites", counts)
    suite = ElementTree.SubElement(root, "testsuite", counts, name=path.stem, skipped=str(skipped))
    for name, case in result.cases.items():
        classname, _, method = name.rpartition(".")
        element = ElementTree.SubElement(suite, "testcase", name=method, classname=classname,
                                         time=f"{case['time']:.3f}")
        for problem in case["problems"]:
            ElementTree.SubElement(element, "failure").text = ascii(problem)
    path.parent.mkdir(parents=True, exist_ok=True)
    ElementTree.ElementTree(root).write(path)


def _cases_of(module):
    return {name: value for name, value in vars(module).items()
            if isinstance(value, type) and issubclass(value, unittest.TestCase)}


def main(name, *modules):
    """Runs the cases of the script and of `modules`; `name` is the one that CTest knows it by."""
    for module in modules:  # So that each can be picked on the command line: Class.test_case.
        vars(sys.modules["__main__"]).update(_cases_of(module))
    runner = unittest.TextTestRunner(resultclass=_Result, verbosity=2)
    program = unittest.main(module="__main__", exit=False, testRunner=runner)
    kind, _, folder = os.environ.get("GTEST_OUTPUT", "").partition(":")
    if kind == "xml":
        _write_report(program.result, pathlib.Path(folder) / f"{name}.xml")
    sys.exit(not (program.result.wasSuccessful() and program.result.testsRun))
