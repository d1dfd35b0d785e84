#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that the documents say what the programs and the header say.

Usage: check_docs.py --bin DIR [CHECK...]

DIR holds the built tools. Without CHECK all run. Exit status: 0 all agree, 1 something differs,
77 nothing differs but a check could not run (the reason is printed).
"""
import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
MAN = ROOT / "man"
HEADER = ROOT / "libcontainerview/include/containerview/containerview.h"
CLASSIC_TOOLS = ("free", "iostat", "nproc", "top", "uptime", "vmstat")
PAGES = {tool: MAN / f"{tool}.1" for tool in (*CLASSIC_TOOLS, "containerview")}
PAGES["containerviewd"] = MAN / "containerviewd.8"
DOCUMENTS = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "libcontainerview/ARCHITECTURE.md"]


class Skip(Exception):
    """The check needs something that is not installed."""


def run(*command):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, timeout=60, check=False)


def mdoc_section(page, title):
    """The source lines of one .Sh section; empty when there is none."""
    lines, inside = [], False
    for line in page.read_text().splitlines():
        if line.startswith(".Sh "):
            inside = line[4:].strip() == title
        elif inside:
            lines.append(line)
    return lines


def option_words(text):
    return set(re.findall(r"(?<![\w-])--?[A-Za-z\d][\w-]*", text))


def help_options(text):
    """Options that a --help lists: each line that starts with one, up to its description."""
    options = set()
    for line in text.splitlines():
        if line.strip().startswith("-"):
            options |= option_words(re.split(r"\s{2,}", line.strip())[0])
    return options


def man_options(page):
    """Options that a page describes: the .It lines, `.It Fl s Ar N , Fl -seconds Ar N`."""
    options = set()
    for line in page.read_text().splitlines():
        if line.startswith(".It "):
            options |= {"-" + name for name in re.findall(r"\bFl (\S+)", line)}
    return options


def commands_of(page):
    """Sub-commands that the SYNOPSIS names, in order."""
    return re.findall(r"^\.Cm (\w+)", "\n".join(mdoc_section(page, "SYNOPSIS")), re.M)


def differences(what, documented, real, page):
    return ([f"{page.name}: {what} {word} is not documented" for word in sorted(real - documented)] +
            [f"{page.name}: {what} {word} does not exist" for word in sorted(documented - real)])


def check_options(bin_dir):
    """--help and the page list the same options."""
    problems = []
    for tool, page in PAGES.items():
        real = set()
        for command in [[], *([name] for name in commands_of(page))]:
            shown = run(bin_dir / tool, *command, "--help")
            options = help_options(shown.stdout)
            if shown.returncode != 0 or not options:
                problems.append(f"{' '.join([tool, *command])} --help: status {shown.returncode}, "
                                f"{len(options)} options found")
            real |= options
        problems += differences("option", man_options(page), real, page)
    return problems


def check_commands(bin_dir):
    """containerview --help and its page name the same commands."""
    page = PAGES["containerview"]
    shown = run(bin_dir / "containerview", "--help").stdout
    documented = set(commands_of(page))
    real = set(re.findall(r"^(?:Usage:)?\s+(?:containerview\s+)?([a-z]+)(?=\s|$)", shown, re.M))
    return differences("command", documented, real, page)


def check_environment(_bin_dir):
    """Each variable that a tool reads is in its page, and the reverse."""
    main = (ROOT / "tools/common/main.cpp").read_text()
    variables = dict(re.findall(r'\.(\w+) = std::getenv\("(\w+)"\)', main))
    problems = []
    for tool, page in PAGES.items():
        source = "\n".join(s.read_text() for s in (ROOT / "tools" / tool).glob("*.cpp"))
        if '"common/view.hpp"' in source:
            source += (ROOT / "tools/common/view.cpp").read_text()
        used = set(re.findall(r"\benvironment_?\.(\w+)", source))
        real = {name for member, name in variables.items() if member in used}
        documented = set(re.findall(r"^\.It Ev (\w+)",
                                    "\n".join(mdoc_section(page, "ENVIRONMENT")), re.M))
        problems += differences("variable", documented, real, page)
    return problems


def check_exit_codes(bin_dir):
    """The exit codes of a good and of a wrong call are documented."""
    problems = []
    for tool, page in PAGES.items():
        documented = set(re.findall(r"^\.It (\d+)$",
                                    "\n".join(mdoc_section(page, "EXIT STATUS")), re.M))
        calls = [["--version"], ["--no-such-option"], ["--sysroot", "/nonexistent"]]
        if tool == "containerview":
            calls = [["--version"], ["--no-such-option"], [], ["no-such-command"],
                     ["explain", "no.such.key"], ["info", "--sysroot", "/nonexistent"]]
        real = {str(run(bin_dir / tool, *call).returncode) for call in calls}
        if tool == "iostat":  # it alone tells more apart
            with tempfile.TemporaryDirectory() as empty, open("/dev/full", "w") as full:
                real.add(str(run(bin_dir / tool, "--host", "--sysroot", empty).returncode))
                done = subprocess.run([bin_dir / tool, "--host"], stdout=full, stderr=full)
                real.add(str(done.returncode))
        problems += differences("exit status", documented, real, page)
    return problems


def numbers_of(schema, root, path=""):
    """Dotted keys of all numbers that a schema describes; `[]` stands for any item."""
    if not isinstance(schema, dict):
        return
    while "$ref" in schema:
        schema = root["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    for one in schema.get("anyOf", []) + schema.get("oneOf", []):
        yield from numbers_of(one, root, path)
    for key, value in schema.get("properties", {}).items():
        yield from numbers_of(value, root, f"{path}.{key}".lstrip("."))
    if "items" in schema:
        yield from numbers_of(schema["items"], root, f"{path}[]")
    kinds = schema.get("type", [])
    if {"number", "integer"} & set([kinds] if isinstance(kinds, str) else kinds):
        yield path


# Numbers that are no figures: names of things, and what explain repeats of a figure.
NO_FIGURES = {"devices[].major", "devices[].minor", "value", "inputs[].value"}


def check_figures(bin_dir):
    """Each number of each JSON document, and each key of explain, is a figure in containerview.7
    with its formula and quality; the reverse too."""
    page = MAN / "containerview.7"
    shown = run(bin_dir / "containerview", "explain", "--list")
    real = set(shown.stdout.split())
    if shown.returncode != 0 or not real:
        return [f"containerview explain --list: status {shown.returncode}, {len(real)} keys"]
    for path in sorted((ROOT / "tools/schemas").glob("*.schema.json")):
        schema = json.loads(path.read_text())
        real |= set(numbers_of(schema, schema)) - NO_FIGURES
    documented, problems = set(), []
    for entry in "\n".join(mdoc_section(page, "FIGURES")).split("\n.It Va ")[1:]:
        keys = set(re.findall(r"\bVa (\S+)", "Va " + entry.splitlines()[0]))
        documented |= keys
        problems += [f"{page.name}: {', '.join(sorted(keys))}: no {part}"
                     for part in ("formula", "quality") if f"\n.It {part}\n" not in entry]
    return problems + differences("figure", documented, real, page)


def values_of(document, path=""):
    """{dotted key: value} of a JSON document without arrays."""
    if not isinstance(document, dict):
        return {path: document}
    found = {}
    for key, value in document.items():
        found |= values_of(value, f"{path}.{key}".lstrip("."))
    return found


def check_worked(bin_dir):
    """What containerview.7 reckons out for a fixture is right, and what the tools show of it."""
    page = MAN / "containerview.7"
    text = "\n".join(mdoc_section(page, "WHY OTHER TOOLS SHOW OTHER NUMBERS"))
    name = re.search(r"tests/fixtures/([\w-]+)", text)
    lines = re.findall(r"^(--host )?(\S+) +(\d+) = ([\d+() -]+)$", text, re.M)
    if not name or not lines:
        return [f"{page.name}: no worked example"]
    sysroot = ROOT / "tests/fixtures" / name[1] / "0"
    raw = " ".join(file.read_text(errors="replace") for file in sysroot.rglob("memory.*"))
    problems = []
    for host, key, value, formula in lines:
        shown = {}
        for command in (["free"], ["containerview", "info"]):
            done = run(bin_dir / command[0], *command[1:], "--json", "--sysroot", sysroot,
                       *host.split())
            shown |= values_of(json.loads(done.stdout))
        # Digits, blanks, parentheses, + and - alone: see the expression above.
        if shown.get(key) != int(value) or eval(formula) != int(value):  # pylint: disable=eval-used
            problems.append(f"{page.name}: {host}{key} is {shown.get(key)}, not {value} = {formula}")
        own = {n for n in re.findall(r"\d+", formula) if n not in [line[2] for line in lines]}
        problems += [f"{page.name}: {number} is in no memory file of {name[1]}"
                     for number in sorted(own) if not host and not re.search(rf"\b{number}\b", raw)]
    return problems


def keys_of(value):
    """Names of all keys of a JSON value, at any depth."""
    if isinstance(value, dict):
        return set(value).union(*map(keys_of, value.values()))
    if isinstance(value, list):
        return set().union(*map(keys_of, value))
    return set()


def check_json(bin_dir):
    """Every key that --json prints is in containerview.7."""
    page = MAN / "containerview.7"
    words = set(re.findall(r"\w+", "\n".join(mdoc_section(page, "JSON"))))
    problems = []
    for call in (["free", "-v"], ["iostat", "--limits"], ["nproc"], ["uptime"], ["vmstat", "-s"],
                 ["vmstat", "-d"], ["vmstat", "-m"], ["containerview", "info"],
                 ["containerview", "load"], ["containerview", "explain", "memory.total_bytes"]):
        shown = run(bin_dir / call[0], *call[1:], "--json")
        if shown.returncode != 0:
            problems.append(f"{' '.join(call)} --json: status {shown.returncode}")
            continue
        problems += [f"{page.name}: key {key} of {' '.join(call)} is not documented"
                     for key in sorted(keys_of(json.loads(shown.stdout)) - words)]
    return problems


def check_words(_bin_dir):
    """No heading and no item begins with a word that mdoc takes for a macro; mandoc has no warning
    for it, and prints "In a container" as "<a> container"."""
    return [f"{page.name}:{number}: {line}" for page in sorted(MAN.glob("*.[1-8]"))
            for number, line in enumerate(page.read_text().splitlines(), start=1)
            if re.match(r"\.(Sh|Ss|It) (An|At|Do|In|No|So) ", line)]


def check_lint(_bin_dir):
    """mandoc finds nothing to warn about."""
    if not shutil.which("mandoc"):
        raise Skip("mandoc is not installed")
    pages = sorted(MAN.glob("*.[1-8]"))
    linted = run("mandoc", "-Tlint", "-Wwarning", *pages)
    return (linted.stdout + linted.stderr).splitlines() if linted.returncode else []


def prototype(return_type, name, arguments):
    text = f"{return_type} {name}({', '.join(arguments)})"
    return re.sub(r"\s*\*\s*", "*", re.sub(r"\s+", " ", text))


def header_functions():
    text = re.sub(r"/\*.*?\*/", "", HEADER.read_text(), flags=re.S)
    found = re.findall(r"CV_API\s+([\w\s*]+?)\b(cv_\w+)\(([^)]*)\)", text)
    return {name: prototype(kind, name, [word.strip() for word in arguments.split(",")])
            for kind, name, arguments in found}


def man_functions(page):
    """Prototypes in the SYNOPSIS: .Ft, then .Fn with all arguments or .Fo, .Fa..., .Fc."""
    functions = {}
    kind = name = None
    arguments = []
    for line in mdoc_section(page, "SYNOPSIS"):
        macro, _, rest = line.partition(" ")
        words = [quoted or bare for quoted, bare in re.findall(r'"([^"]*)"|(\S+)', rest)]
        if macro == ".Ft":
            kind = words[0]
        elif macro == ".Fn":
            functions[words[0]] = prototype(kind, words[0], words[1:])
        elif macro == ".Fo":
            name, arguments = words[0], []
        elif macro == ".Fa":
            arguments.append(words[0])
        elif macro == ".Fc":
            functions[name] = prototype(kind, name, arguments)
    return functions


def check_library(_bin_dir):
    """Every function of the header is in libcontainerview.3 with its prototype, and the reverse."""
    page = MAN / "libcontainerview.3"
    real, documented = header_functions(), man_functions(page)
    if not real:
        return [f"{HEADER.name}: no function found"]
    problems = differences("function", set(documented), set(real), page)
    problems += [f"{page.name}: {documented[name]} is {real[name]} in the header"
                 for name in sorted(set(real) & set(documented)) if real[name] != documented[name]]
    described = "\n".join(mdoc_section(page, "DESCRIPTION") + mdoc_section(page, "ERRORS"))
    statuses = set(re.findall(r"\b(CV_ERR_\w+|CV_SAMPLE_\w+)(?=\s*=)", HEADER.read_text()))
    problems += [f"{page.name}: {name} is not documented"
                 for name in sorted(statuses) if not re.search(rf"\b{name}\b", described)]
    return problems


def examples(page):
    """The literal blocks of the EXAMPLES section, as their reader sees them."""
    blocks, block = [], None
    for line in mdoc_section(page, "EXAMPLES"):
        if line.startswith(".Bd -literal"):
            block = []
        elif line.startswith(".Ed"):
            blocks.append("\n".join(block) + "\n")
            block = None
        elif block is not None:
            block.append(line.replace(r"\e", "\\").replace(r"\&", ""))
    return blocks


def check_example(_bin_dir):
    """The program in libcontainerview.3 compiles."""
    page = MAN / "libcontainerview.3"
    programs = [block for block in examples(page) if "main(" in block]
    if not programs:
        return [f"{page.name}: no example program found"]
    problems = []
    with tempfile.TemporaryDirectory() as directory:
        for program in programs:
            source = pathlib.Path(directory) / "example.c"
            source.write_text(program)
            compiled = run("cc", "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror",
                           "-fsyntax-only", "-I", HEADER.parents[1], source)
            if compiled.returncode:
                problems.append(f"{page.name}: the example does not compile:\n{compiled.stderr}")
    return problems


def anchors_of(markdown):
    """The fragment of each heading, as code forges make them."""
    headings = re.findall(r"^#+\s+(.*)$", re.sub(r"^```.*?^```", "", markdown, flags=re.S | re.M),
                          re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
            for heading in headings}


def check_links(_bin_dir):
    """Relative links resolve, to files and to headings."""
    problems = []
    for name in DOCUMENTS:
        document = ROOT / name
        if not document.exists():
            problems.append(f"{name} is missing")
            continue
        text = document.read_text()
        for link in re.findall(r"\]\(([^)\s]+)\)", text):
            if re.match(r"\w+:", link):
                continue
            path, _, fragment = link.partition("#")
            target = document.parent / path if path else document
            if not target.exists():
                problems.append(f"{name}: {link}: no such file")
            elif fragment and fragment not in anchors_of(target.read_text()):
                problems.append(f"{name}: {link}: no such heading")
    return problems


CHECKS = {
    "options": check_options,
    "commands": check_commands,
    "environment": check_environment,
    "exit-codes": check_exit_codes,
    "figures": check_figures,
    "worked": check_worked,
    "json": check_json,
    "lint": check_lint,
    "words": check_words,
    "library": check_library,
    "example": check_example,
    "links": check_links,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", required=True, type=pathlib.Path, metavar="DIR")
    parser.add_argument("checks", nargs="*", metavar="CHECK", help=", ".join(CHECKS))
    options = parser.parse_args()
    unknown = set(options.checks) - set(CHECKS)
    if unknown:
        parser.error(f"no such check: {', '.join(sorted(unknown))}")

    failed = skipped = False
    for name in options.checks or CHECKS:
        try:
            problems = CHECKS[name](options.bin)
        except Skip as reason:
            print(f"SKIP {name}: {reason}")
            skipped = True
            continue
        except OSError as error:  # a tool that is not there
            problems = [str(error)]
        print(f"{'FAIL' if problems else 'ok'} {name}: {CHECKS[name].__doc__}")
        for problem in problems:
            print(f"  {problem}")
        failed = failed or bool(problems)
    return 1 if failed else 77 if skipped else 0


if __name__ == "__main__":
    sys.exit(main())
