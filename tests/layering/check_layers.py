#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The layer rules of libcontainerview/ARCHITECTURE.md, checked over the sources: who may include
whom, and which one file may open files, read the clock, read the environment or use a library.

Prints FILE:LINE: what is wrong, and exits 1 if anything is. Usage: check_layers.py [DIRECTORY]
"""

import pathlib
import re
import sys

LIBRARY = "libcontainerview/src/"

# A layer may include itself and those named here.
LAYERS = {
    "base": set(),
    "kernel": {"base"},
    "history": {"base"},
    "cgroup": {"base", "kernel"},
    "snapshot": {"base", "kernel", "history", "cgroup"},
    "load": {"base", "kernel", "history", "cgroup", "snapshot"},
    "view": {"base", "kernel", "history", "cgroup", "snapshot", "load"},
    "tasks": {"base", "kernel", "cgroup", "snapshot", "load"},
    "watch": {"base", "kernel", "history", "cgroup", "snapshot", "load", "view"},
}
# Beside the layers stand only the files that make the C ABI of them: they may include any layer.
ABI_FILES = re.compile(r"(c_api\w*\.cpp|handles\.hpp|filler\.hpp)")


def call(*names):
    """A call of one of the C functions: not a member, not another class's function of that name,
    and not a declaration."""
    before = r"(?:^|[=(,;{}!&|?]|[^:]:(?=\s)|\breturn)\s*(?:std::|::)?"
    return re.compile(before + r"\b(" + "|".join(names) + r")\s*\(")


OPENING = call("open", "openat", "openat2", "creat", "fopen", "freopen", "opendir", "readlink",
               "readlinkat", "access", "faccessat", "stat", "lstat", "fstatat")
WRITING = re.compile(
    r"\bO_(WRONLY|RDWR|CREAT|TMPFILE|TRUNC|APPEND)\b|\bMAP_SHARED\b|" +
    call("write", "pwrite", "ftruncate", "truncate", "chmod", "fchmod", "fchmodat", "mkdir",
         "mkdirat", "rename", "renameat", "renameat2", "unlink", "unlinkat", "rmdir", "link",
         "linkat", "symlink", "symlinkat", "mknod", "mknodat").pattern)
OPENING_HEADER = re.compile(r"#\s*include\s*<(fstream|filesystem|fcntl\.h|dirent\.h|sys/stat\.h)>")
CLOCK = re.compile(r"\b(clock_gettime|gettimeofday|timespec_get|"
                   r"(system|steady|high_resolution)_clock::now)\b")
CLOCK_CALL = call("time")
ENVIRONMENT = re.compile(r"\b(getenv|secure_getenv|isatty|environ)\b")
PRINTING = re.compile(r"\bstd::(cout|cerr|clog|print)\b|"
                      r"\b(f|v|vf|d)?printf\s*\(|\bf?put[sc]\s*\(|\bperror\s*\(")
EXITING = re.compile(r"\b(exit|_exit|_Exit|quick_exit|abort|terminate)\s*\(")


def included(library):
    return re.compile(rf"#\s*include\s*[<\"]({library})[/.\w]*[>\"]")


OPENER = rf"{LIBRARY}kernel/sysroot\.cpp"
STATE_WRITER = rf"{LIBRARY}kernel/state_dir\.cpp"  # a sampler keeps its history
TREE_WRITER = r"tools/containerview/tree_writer\.cpp"  # `containerview capture` lays out a tree

TOP_FILES = r"tools/top/files\.cpp"  # toprc, passwd, group
WAITING = r"tools/top/instant\.hpp"  # until when top waits for a key

# (what, pattern, where it is looked for, where alone it may stand, in how many files at most)
RULES = [
    ("opens or inspects a file", OPENING, LIBRARY, rf"{OPENER}|{STATE_WRITER}", 2),
    ("includes what opens files", OPENING_HEADER, LIBRARY, rf"{OPENER}|{STATE_WRITER}", 2),
    ("writes a file", WRITING, LIBRARY, STATE_WRITER, 1),
    ("opens or inspects a file", OPENING, "tools/", rf"{TREE_WRITER}|{TOP_FILES}", 2),
    ("includes what opens files", OPENING_HEADER, "tools/", rf"{TREE_WRITER}|{TOP_FILES}", 2),
    ("reads the clock", CLOCK, "", rf"{LIBRARY}base/clock\.cpp|{WAITING}", 2),
    ("reads the clock", CLOCK_CALL, "", rf"{LIBRARY}base/clock\.cpp", 1),
    ("reads the environment or asks for a terminal", ENVIRONMENT, "", r"tools/common/main\.cpp", 1),
    ("prints", PRINTING, LIBRARY, "", 0),
    ("ends the process", EXITING, LIBRARY, "", 0),
    # Streams, and libraries made of them: half of a tool's size, and 14 % of iostat's start.
    ("includes what needs std::locale",
     re.compile(r"#\s*include\s*<(?:CLI/.*|i?ostream|istream|sstream|iomanip|locale|codecvt|regex)>"),
     "", "", 0),
    ("includes fmt's implementation", re.compile(r"#\s*include\s*<fmt/(?!core\.h)"), "",
     r"tools/common/formatted\.cpp", 1),
    ("includes the JSON library", included("nlohmann"), "", r"tools/.*", 1),
    ("includes curses", included(r"(?:n|pd)?cursesw?|term\.h"), "", "", 0),
    ("includes the library's inside",
     included(r"(?:\.\./)*libcontainerview|base|kernel|history|cgroup|snapshot|view|load|watch|tasks"),
     "tools/", "", 0),
]
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"')


def without_comments_and_strings(text):
    """The same lines, with comments and the insides of strings blanked; include paths stay."""
    def blank(match):
        token = match[0]
        if token.lstrip().startswith("#"):
            return token
        return re.sub(r"[^\n]", " ", token) if token.startswith("/") else '""'

    token = r'^[ \t]*#[ \t]*include[^\n]*|//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"'
    return re.sub(token, blank, text, flags=re.MULTILINE | re.DOTALL)


def include_violation(path, line):
    """What is wrong with an #include line of a library file, or None."""
    match = INCLUDE.match(line)
    if not match or not path.startswith(LIBRARY):
        return None
    inside = path[len(LIBRARY):]
    layer, _, rest = inside.partition("/")
    target = match[1].partition("/")[0]
    if not rest:
        return None if ABI_FILES.fullmatch(inside) else "stands in no layer"
    if layer not in LAYERS:
        return f"the layer {layer} is not in the rules"
    if target == layer or target in LAYERS[layer]:
        return None
    return f"{layer} may not include {match[1]}"


def check(files):
    """files: path (relative, with /) -> text. Returns "FILE:LINE: what" lines."""
    found = []
    for path, text in files.items():
        for number, line in enumerate(without_comments_and_strings(text).splitlines(), 1):
            wrong = include_violation(path, line)
            if wrong:
                found.append(f"{path}:{number}: {wrong}")
    for what, pattern, where, allowed, most in RULES:
        users = set()
        for path, text in files.items():
            if not path.startswith(where):
                continue
            for number, line in enumerate(without_comments_and_strings(text).splitlines(), 1):
                if pattern.search(line):
                    users.add(path)
                    if not re.fullmatch(allowed, path):
                        found.append(f"{path}:{number}: {what}")
        if most is not None and len(users) > max(most, 1):
            found.append(f"{', '.join(sorted(users))}: each {what}, {most} at most may")
    return found


def sources(root):
    return {str(path.relative_to(root)): path.read_text(encoding="utf-8")
            for top in ("libcontainerview", "tools")
            for path in sorted((root / top).rglob("*"))
            if path.suffix in (".cpp", ".hpp", ".h")}


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2])
    files = sources(root)
    if not files:
        print(f"no sources under {root}")
        return 1
    found = check(files)
    print("\n".join(found) if found else f"{len(files)} files keep the layer rules")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
