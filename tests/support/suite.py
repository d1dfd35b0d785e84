# SPDX-License-Identifier: Apache-2.0
"""Runs unittest cases so that ctest and tests/support/summary.py see what was skipped, and why."""

import time
import unittest

SLOWEST, SLOW_SECONDS = 15, 2


class _Result(unittest.TextTestResult):
    def __init__(self, *arguments, **named):
        super().__init__(*arguments, **named)
        self._started = 0
        self._seconds = []  # (how long, name)

    def startTest(self, test):
        super().startTest(test)
        self._started = time.monotonic()

    def stopTest(self, test):
        self._seconds.append((time.monotonic() - self._started, test.id()))
        super().stopTest(test)

    def print_slowest(self):
        """Where the time of a run goes."""
        for seconds, name in sorted(self._seconds, reverse=True)[:SLOWEST]:
            if seconds >= SLOW_SECONDS:
                print(f"{seconds:6.1f} s {name}", flush=True)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        name = test.id().removeprefix("__main__.").replace(" ", ".")  # "setUpClass (...)"
        print(f"SKIP {name}: {reason}", flush=True)


def run(names, module=None):
    """Runs the named cases (of `module`, or importable ones) and gives the exit status for ctest:
    77 if all were skipped, 1 if one failed or there was none."""
    suite = unittest.defaultTestLoader.loadTestsFromNames(names, module)
    result = unittest.TextTestRunner(resultclass=_Result, verbosity=2).run(suite)
    result.print_slowest()
    if not result.wasSuccessful() or not result.testsRun:
        return 1
    return 77 if len(result.skipped) >= result.testsRun else 0
