"""tools/conformance has to find what is wrong with a source tree."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

TOOL = pathlib.Path(__file__).resolve().parent.parent.parent / "tools/conformance"


class Check(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.write("docs/CONFORMANCE.md", "")
        self.write("tests/conformance/statements.txt",
                   "version 5.0\nMQTT-1.0.0-1  One.\nMQTT-1.0.0-2  Two.\n"
                   "version 3.1.1\nMQTT-1.0.0-1  Another one.\n")
        self.write("tests/conformance/untestable.txt", "")

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def run_tool(self, *arguments):
        return subprocess.run([sys.executable, TOOL, "--root", self.root, *arguments],
                              capture_output=True, text=True, check=False)

    def problems(self):
        checked = self.run_tool("--check")
        self.assertEqual(checked.returncode, 1, "such a tree never has all statements")
        return checked.stderr

    def test_a_statement_needs_a_test_or_a_reason(self):
        self.assertIn("MQTT-1.0.0-1 of MQTT 3.1.1 has neither a test nor a reason.",
                      self.problems())
        self.write("tests/conformance/vectors/a.txt",
                   "case A [MQTT-1.0.0-1] [3.1.1: MQTT-1.0.0-1]\n")
        self.write("tests/a_test.cc", "// [MQTT-1.0.0-2]\nTEST(A, B) {\n}\n")
        self.assertNotIn("neither", self.problems())

    def test_a_test_in_cpp_says_which_version_it_means(self):
        self.write("tests/a_test.cc", "// [MQTT-1.0.0-1]; MQTT 3.1.1:\n// [MQTT-1.0.0-1]\n"
                                      "TEST(A, B) {\n  // [MQTT-1.0.0-2]\n}\n")
        self.assertNotIn("neither", self.problems())

    def test_a_number_outside_of_tests_holds_nothing(self):
        self.write("tests/a.h", "// [MQTT-1.0.0-1]\n")
        self.assertIn("MQTT-1.0.0-1 of MQTT 5.0 has neither a test nor a reason.", self.problems())

    def test_what_is_held_needs_no_reason(self):
        self.write("tests/conformance/vectors/a.txt", "case A\n  holds [MQTT-1.0.0-2]\n")
        self.write("tests/conformance/untestable.txt", "version 5.0\nMQTT-1.0.0-2  It is not.\n")
        self.assertIn("MQTT-1.0.0-2 of MQTT 5.0 is held at a.txt:2, and untestable.txt says that "
                      "it cannot be.", self.problems())

    def test_a_number_that_there_is_not_is_found(self):
        self.write("tests/conformance/vectors/a.txt", "case A [MQTT-1.0.0.2]\n")
        self.write("tests/a_test.cc", "TEST(A, B) {  // [MQTT-1.0.0-3]\n}\n")
        self.assertIn("a.txt:1: MQTT 5.0 has no MQTT-1.0.0.2.", self.problems())
        self.assertIn("tests/a_test.cc:1: MQTT 5.0 has no MQTT-1.0.0-3.", self.problems())

    def test_a_statement_may_not_be_left_out_or_stand_twice(self):
        self.assertIn("statements.txt has 2 statements of MQTT 5.0 and not 251.", self.problems())
        self.write("tests/conformance/statements.txt", "version 5.0\n" + 2 * "MQTT-1.0.0-1  One.\n")
        self.assertIn("MQTT-1.0.0-1 of MQTT 5.0 stands there twice.", self.problems())

    def test_the_document_has_to_be_up_to_date(self):
        self.assertIn("out of date", self.problems())
        self.run_tool()
        self.assertNotIn("out of date", self.problems())


if __name__ == "__main__":
    unittest.main()
