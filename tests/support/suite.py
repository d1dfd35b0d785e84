# SPDX-License-Identifier: Apache-2.0
"""Runs unittest cases so that ctest and tests/support/summary.py see what was skipped, and why."""

import unittest


class _Result(unittest.TextTestResult):
    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        name = test.id().removeprefix("__main__.").replace(" ", ".")  # "setUpClass (...)"
        print(f"SKIP {name}: {reason}", flush=True)


def run(names, module=None):
    """Runs the named cases (of `module`, or importable ones) and gives the exit status for ctest:
    77 if all were skipped, 1 if one failed or there was none."""
    suite = unittest.defaultTestLoader.loadTestsFromNames(names, module)
    result = unittest.TextTestRunner(resultclass=_Result, verbosity=2).run(suite)
    if not result.wasSuccessful() or not result.testsRun:
        return 1
    return 77 if len(result.skipped) >= result.testsRun else 0
