#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The layer check finds what it is there to find, and nothing in what is allowed."""

import sys
import unittest

sys.dont_write_bytecode = True
from check_layers import LIBRARY, check  # noqa: E402

BAD = {
    "upward include": ("kernel/a.cpp", '#include "cgroup/locate.hpp"'),
    "include across": ("snapshot/a.hpp", '  # include "view/memory.hpp"'),
    "file in no layer": ("stray.cpp", '#include "base/result.hpp"'),
    "unknown layer": ("extra/a.cpp", '#include "base/result.hpp"'),
    "open": ("cgroup/a.cpp", "  const int fd = ::open(path, O_RDONLY);"),
    "openat": ("kernel/a.cpp", "if (openat(fd, name, 0) < 0) return;"),
    "return readlink": ("kernel/a.cpp", "return readlink(path, buffer, size);"),
    "a writable file": ("kernel/sysroot.cpp", "fd = ::open(path, O_RDWR | O_CLOEXEC);"),
    "a shared mapping": ("load/a.cpp", "mmap(nullptr, size, PROT_WRITE, MAP_SHARED, fd, 0);"),
    "unlink": ("kernel/sysroot.cpp", "  unlinkat(fd, name, 0);"),
    "a bare write": ("history/a.cpp", "const ssize_t done = ::write(fd, data, size);"),
    "history above kernel": ("kernel/a.cpp", '#include "history/format.hpp"'),
    "ifstream": ("kernel/a.cpp", "#include <fstream>"),
    "filesystem": ("view/a.cpp", "#include <filesystem>"),
    "clock_gettime": ("view/a.cpp", "clock_gettime(CLOCK_BOOTTIME, &now);"),
    "chrono now": ("load/a.cpp", "auto t = std::chrono::steady_clock::now();"),
    "time": ("view/a.cpp", "const time_t t = time(nullptr);"),
    "getenv": ("base/a.cpp", 'const char* home = std::getenv("HOME");'),
    "printf": ("view/a.cpp", 'std::printf("x");'),
    "cout": ("view/a.cpp", "std::cout << 1;"),
    "exit": ("c_api.cpp", "std::exit(1);"),
    "CLI11": ("base/a.cpp", "#include <CLI/CLI.hpp>"),
    "iostream": ("base/a.cpp", "#include <iostream>"),
    "sstream": ("base/a.cpp", "#include <sstream>"),
    "json": ("view/a.cpp", "#include <nlohmann/json.hpp>"),
    "curses": ("view/a.cpp", "#include <curses.h>"),
}
GOOD = {
    "downward include": ("view/a.cpp", '#include "snapshot/snapshot.hpp"'),
    "own layer": ("kernel/a.cpp", '#include "kernel/a.hpp"'),
    "the ABI": ("c_api.cpp", '#include "view/memory.hpp"'),
    "a member": ("snapshot/a.cpp", "auto r = sysroot.open(path); auto q = Sysroot::open(path);"),
    "a declaration": ("snapshot/a.hpp", "  static Result<Target> open(const Options& options);"),
    "a comment": ("view/a.cpp", "// never getenv() or printf() here\n/* std::cout\n exit(1) */"),
    "a string": ("view/a.cpp", 'const char* kFormula = "exit (1) getenv printf(";'),
    "snprintf": ("base/a.cpp", "std::snprintf(buffer, sizeof buffer, format);"),
    "the opener": ("kernel/sysroot.cpp", "#include <fcntl.h>\nint fd = ::open(path, 0);"),
    "the writer": ("kernel/state_dir.cpp", "openat(fd, name, O_RDWR | O_CREAT, 0600); write(1);"),
    "a member that writes": ("load/a.cpp", "page.write(state); dir->remove(name);"),
    "the clock": ("base/clock.cpp", "clock_gettime(id, &now);"),
}
BAD_TOOLS = {
    "library inside": ("free/a.cpp", '#include "kernel/meminfo.hpp"'),
    "library inside by path": ("free/a.cpp", '#include "../../libcontainerview/src/base/text.hpp"'),
    "getenv in a tool's main": ("free/main.cpp", 'std::getenv("X")'),
    "getenv outside main": ("free/options.cpp", 'std::getenv("X")'),
    "isatty outside main": ("common/output.cpp", "if (isatty(1)) {"),
    "open": ("free/a.cpp", "std::FILE* f = std::fopen(path, mode);"),
    "clock": ("common/repeat.cpp", "auto t = std::chrono::system_clock::now();"),
}
GOOD_TOOLS = {
    "getenv in main": ("common/main.cpp", 'std::getenv("X")'),
    "the public header": ("free/a.cpp", "#include <containerview/containerview.hpp>"),
    "a tool's own": ("free/a.cpp", '#include "free/options.hpp"\n#include "common/view.hpp"'),
    "printing": ("common/output.cpp", 'std::fputs("x", stdout); std::printf("x");'),
}


class Rules(unittest.TestCase):
    def test_bad(self):
        for prefix, samples in ((LIBRARY, BAD), ("tools/", BAD_TOOLS)):
            for name, (path, text) in samples.items():
                with self.subTest(name):
                    self.assertEqual(len(check({prefix + path: text})), 1)

    def test_good(self):
        for prefix, samples in ((LIBRARY, GOOD), ("tools/", GOOD_TOOLS)):
            for name, (path, text) in samples.items():
                with self.subTest(name):
                    self.assertEqual(check({prefix + path: text}), [])

    def test_one_file_alone(self):
        text = "#include <nlohmann/json.hpp>"
        one, other = "tools/common/json.cpp", "tools/free/options.cpp"
        self.assertEqual(check({one: text}), [])
        self.assertEqual(len(check({one: text, other: text})), 1)

    def test_line_numbers(self):
        text = "/* one\n two */\n\nint x = ::open(path, 0);\n"
        self.assertEqual(check({LIBRARY + "view/a.cpp": text}),
                         [f"{LIBRARY}view/a.cpp:4: opens or inspects a file"])


if __name__ == "__main__":
    unittest.main()
