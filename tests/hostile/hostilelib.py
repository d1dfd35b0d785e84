# SPDX-License-Identifier: Apache-2.0
"""What the tests of hostile surroundings share: the tools, each way that they print, and what may never
come out of them."""

import argparse
import json
import os
import pathlib
import signal
import subprocess
import sys

sys.dont_write_bytecode = True
TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TESTS / "fixtures"), str(TESTS / "support")]
import fixturelib  # noqa: E402
import suite  # noqa: E402,F401

COMMANDS = (["free"], ["free", "-vwlh"], ["uptime"], ["uptime", "-p"], ["nproc"], ["iostat"],
            ["iostat", "-x"], ["vmstat"], ["vmstat", "-d"], ["vmstat", "-s"], ["vmstat", "-m"],
            ["top", "-b", "-n", "1"], ["top", "-b", "-n", "1", "-c", "-H", "-w", "512"],
            ["containerview", "info"], ["containerview", "explain", "memory.available_bytes"],
            ["containerview", "explain", "load.avg_1m"])
KEPT = {k: v for k, v in os.environ.items() if k in ("ASAN_OPTIONS", "UBSAN_OPTIONS")}
TIMEOUT_SECONDS = 60  # a hang is a failure; sanitizer builds on a busy machine are slow
# A tool's own exit statuses; others are those of a crash.
STATUSES = (0, 1, 2, 6)


def is_hostile(code):
    """Whether a terminal would obey this character, or turn a line round by it."""
    return ((code < 0x20 and code not in (0x09, 0x0A)) or 0x7F <= code < 0xA0 or
            0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069)


def run(bin_dir, words, environment=None, **more):
    """A CompletedProcess with bytes; `environment` is all that the tool is given."""
    environment = {"TZ": "UTC", "LC_ALL": "C"} if environment is None else environment
    return subprocess.run([bin_dir / words[0], *words[1:]], stdin=subprocess.DEVNULL,
                          capture_output=True, env={**environment, **KEPT},
                          timeout=TIMEOUT_SECONDS, check=False, **more)


def what_is_wrong(done, as_json, colours=False):
    """With the output of a tool, whatever it was given; "" if nothing."""
    if done.returncode < 0:
        return f"ended by {signal.Signals(-done.returncode).name}"
    if done.returncode not in STATUSES:
        return f"exit status {done.returncode}"
    for name, raw in (("stdout", done.stdout), ("stderr", done.stderr)):
        try:
            text = raw.decode()
        except UnicodeDecodeError as error:
            return f"{name} is no UTF-8: {error}"
        if "Sanitizer" in text or "terminate called" in text or "runtime error" in text:
            return f"{name}: {text[-2000:]}"
        if colours and name == "stdout":
            continue
        hostile = [hex(ord(c)) for c in text if is_hostile(ord(c)) and not
                   (as_json and ord(c) >= 0x7F)]
        if hostile:
            return f"{name} has {' '.join(hostile[:5])}: {text[:500]!r}"
    if done.returncode != 0:
        if done.stdout and as_json:
            return "a failure, and a document"
        return "" if done.stderr else f"exit status {done.returncode} without a word"
    if as_json:
        try:
            json.loads(done.stdout)
        except ValueError as error:
            return f"no JSON: {error}: {done.stdout[:500]!r}"
    return ""


def tools_and_rest():
    """The directory of --bin, with every tool of COMMANDS in it, and the other arguments."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    options, rest = parser.parse_known_args()
    return fixturelib.require_tools(options.bin, *sorted({c[0] for c in COMMANDS})), rest
