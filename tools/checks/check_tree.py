#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks what the tree promises about itself: one line a finding, exit code 1.

    check_tree.py [--root DIR]      all rules
    check_tree.py --list            the rules, and files above the wished size

A rule is a function below that yields findings; its docstring is the rule.
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path

WISHED_LINES, MOST_LINES = 300, 600
PIPELINE_LINES = 250
CODE = {".cpp", ".h", ".c", ".td", ".py", ".cmake", ".sh"}
TESTS = {".mlir", ".test"}
RULES = []


def rule(check):
    RULES.append(check)
    return check


class Tree:
    def __init__(self, root):
        self.root = root
        listed = subprocess.run(
            ["git", "ls-files"],
            cwd=root, capture_output=True, text=True)
        own = subprocess.run(["git", "rev-parse", "--show-toplevel"],
                             cwd=root, capture_output=True, text=True)
        if Path(own.stdout.strip() or "/") == root:
            names = listed.stdout.splitlines()
        else:  # a tree that is no repository: a test's, or an archive
            names = [str(p.relative_to(root)) for p in root.rglob("*")]
        self.files = sorted(Path(n) for n in names if (root / n).is_file())

    def text(self, path):
        return (self.root / path).read_text(errors="replace")

    def below(self, folder, *suffixes):
        return [p for p in self.files if p.is_relative_to(folder)
                and (not suffixes or p.suffix in suffixes)]

    def exists(self, pattern):
        return any(p.match(pattern) for p in self.files)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def is_script(tree, path):
    return path.suffix == "" and tree.text(path).startswith("#!")


def without_comments(text):
    """C++ text of the same length whose comments and strings are blank."""
    blank = lambda m: re.sub(r"[^\n]", " ", m.group())  # noqa: E731
    return re.sub(r'//[^\n]*|/\*.*?\*/|"(?:[^"\\\n]|\\.)*"', blank, text,
                  flags=re.S)


def kebab(name):
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-",
                  name).lower()


@rule
def size(tree):
    """No source, test or script is longer than 600 lines."""
    for path in tree.files:
        if path.suffix in CODE | TESTS or path.name == "CMakeLists.txt":
            lines = tree.text(path).count("\n")
            if lines > MOST_LINES:
                yield path, f"{lines} lines: two subjects live there"


@rule
def licence(tree):
    """A source's first line, or the one after #!, is the SPDX line."""
    for path in tree.files:
        if (path.suffix in CODE or path.name == "CMakeLists.txt"
                or is_script(tree, path)):
            first = tree.text(path).splitlines()[:2] + ["", ""]
            line = first[1] if first[0].startswith("#!") else first[0]
            if "SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception" \
                    not in line:
                yield path, "its first line is not the SPDX line"


@rule
def names(tree):
    """No file is called Utils, Common or Misc."""
    for path in tree.files:
        if re.fullmatch(r"(utils?|common|misc)", path.stem, re.I):
            yield path, "a name that says nothing about its subject"


@rule
def one_machine(tree):
    """No file holds a path of one machine."""
    for path in tree.files:
        hit = re.search(r"(?<![\w.-])/(home|root|work)/", tree.text(path))
        if hit and path.name != "check_tree.py":
            yield path, f"a path of one machine: {hit.group()}"


def passes(tree):
    for td in tree.files:
        if td.name == "Passes.td" and td.is_relative_to("passes"):
            text = tree.text(td)
            for hit in re.finditer(
                    r'^def (\w+)\s*:\s*\w*Pass<\s*"([\w-]+)".*?^}', text,
                    re.M | re.S):
                yield td, hit.group(1), hit.group(2), hit.group()


@rule
def pass_pairs(tree):
    """Class, file, flag and test of a pass share one name."""
    for td, name, flag, _ in passes(tree):
        if kebab(name) != flag:
            yield td, f"{name} has the flag {flag}, not {kebab(name)}"
        if td.with_name(f"{name}.cpp") not in tree.files:
            yield td, f"{name} has no {name}.cpp"
        if not (tree.exists(f"test/passes/{flag}.mlir")
                or tree.exists(f"test/passes/{flag}-*.mlir")):
            yield td, f"{name} has no test/passes/{flag}.mlir"


@rule
def pass_texts(tree):
    """A pass's text says before -> after, Needs, Leaves, Order and Float."""
    for td, name, _, body in passes(tree):
        for word in ["->", "Needs:", "Leaves:", "Order:", "Float:"]:
            if word not in body:
                yield td, f"the description of {name} lacks '{word}'"


@rule
def pass_tests(tree):
    """test/passes has one file a pass, with a topic suffix where needed."""
    flags = [flag for _, _, flag, _ in passes(tree)]
    for path in tree.below("test/passes", ".mlir"):
        if not any(path.stem == f or path.stem.startswith(f + "-")
                   for f in flags):
            yield path, "no pass has this name"


@rule
def reasons(tree):
    """In passes/, whoever stops says why or hands on another's failure."""
    for path in tree.below("passes", ".cpp", ".h"):
        text = without_comments(tree.text(path))
        for hit in re.finditer(r"return (mlir::)?failure\(\);", text):
            # What guards the return, or else the statement before it.
            parts = re.split(r"[;{}]", text[:hit.start()])
            near = parts[-1] if parts[-1].strip() else parts[-2]
            if not re.search(r"\bfailed\(|emit(Op)?Error|notifyMatchFailure",
                             near):
                yield f"{path}:{line_of(text, hit.start())}", \
                    "stops without a reason"


@rule
def answers(tree):
    """No result of a rewrite driver or pass manager is ignored in passes/."""
    driver = r"(apply(Patterns|Ops|Partial|Full|Analysis)\w*|runPipeline)"
    ignored = re.compile(
        rf"(?:[;{{}}]|\(void\)|std::ignore\s*=)\s*((mlir::)?{driver})\s*\(")
    for path in tree.below("passes", ".cpp", ".h"):
        text = without_comments(tree.text(path))
        for hit in ignored.finditer(text):
            yield f"{path}:{line_of(text, hit.start(1))}", \
                f"the answer of {hit.group(1)} is ignored"


@rule
def examples(tree):
    """Every op has an example, and its lines stand in a round-trip test."""
    for td in tree.below("dialects", ".td"):
        dialect = td.parts[1]
        lines = {line.strip()
                 for test in tree.below(f"test/dialects/{dialect}", ".mlir")
                 for line in tree.text(test).splitlines()}
        for hit in re.finditer(
                r"^def (\w+Op)\s*:(.*?)(?=^def |^class |\Z)", tree.text(td),
                re.M | re.S):
            blocks = re.findall(r"```mlir\n(.*?)```", hit.group(2), re.S)
            if not blocks:
                yield td, f"{hit.group(1)} has no example"
            for line in "".join(blocks).splitlines():
                if line.strip() and line.strip() not in lines:
                    yield td, (f"a line of {hit.group(1)}'s example is in no "
                               f"test/dialects/{dialect}/*.mlir: {line.strip()}")


@rule
def pipeline(tree):
    """compiler/pipeline reads top to bottom in under 250 lines."""
    lines = sum(tree.text(p).count("\n")
                for p in tree.below("compiler/pipeline", ".cpp", ".h"))
    if lines >= PIPELINE_LINES:
        yield Path("compiler/pipeline"), f"{lines} lines"


@rule
def assertions(tree):
    """Every test asserts something."""
    for path in tree.below("test", *TESTS):
        if "Inputs" in path.parts:
            continue
        text = tree.text(path)
        if not re.search(r"CHECK|expected-|\bcheck\.|\bnot |\bcmp |\bdiff |"
                         r"%python|%cc ", text):
            yield path, "asserts nothing"
        if "RUN:" not in text:
            yield path, "has no RUN line"


@rule
def folders(tree):
    """The README's map names the folders that exist, and no other."""
    if Path("README.md") not in tree.files:
        yield Path("README.md"), "is missing"
        return
    text = tree.text("README.md")
    drawn = re.search(r"^## The map.*?```\n(.*?)```", text, re.M | re.S)
    if not drawn:
        yield Path("README.md"), "has no section 'The map'"
        return
    named, top = set(), ""
    for line in drawn.group(1).splitlines():
        word = re.match(r"( *)([\w-]+)/", line)
        if word:
            top = top if word.group(1) else word.group(2)
            named.add(top + "/" + word.group(2) if word.group(1) else top)
    real = {str(Path(*p.parts[:depth])) for p in tree.files for depth in (1, 2)
            if len(p.parts) > depth and not p.parts[0].startswith(".")}
    drawn_inside = {name.split("/")[0] for name in named if "/" in name}
    real = {r for r in real if "/" not in r or r.split("/")[0] in drawn_inside}
    for name in sorted(named - real):
        yield Path("README.md"), f"the map has {name}/, which does not exist"
    for name in sorted(real - named):
        yield Path("README.md"), f"the map lacks {name}/"


@rule
def capabilities(tree):
    """A row of capabilities.tsv names tests that say `Shows: <key>`."""
    table = Path("test/capabilities.tsv")
    if table not in tree.files:
        return
    rows = {}
    for line in tree.text(table).splitlines():
        if line and not line.startswith("#"):
            key, _, tests = line.partition("\t")
            if key in rows:
                yield table, f"{key} has two rows"
            rows[key] = set() if tests == "no" else set(tests.split(","))
    shown = {}
    for path in tree.below("test", *TESTS):
        for keys in re.findall(r"(?://|#) Shows: (.+)", tree.text(path)):
            for key in keys.split(","):
                shown.setdefault(key.strip(), set()).add(
                    str(path.relative_to("test")))
    for key in sorted(rows.keys() | shown.keys()):
        if key not in rows:
            yield table, f"has no row for {key}"
        elif rows[key] != shown.get(key, set()):
            yield table, (f"{key}: the row names {sorted(rows[key])}, the tests "
                          f"that say so are {sorted(shown.get(key, set()))}")


def main():
    parser = argparse.ArgumentParser()
    here = Path(__file__).resolve().parents[2]
    parser.add_argument("--root", type=lambda p: Path(p).resolve(), default=here)
    parser.add_argument("--list", action="store_true")
    args = parser.parse_args()
    tree = Tree(args.root)
    if args.list:
        for check in RULES:
            print(f"{check.__name__:14} {check.__doc__}")
        for path in tree.files:
            if path.suffix in CODE | TESTS:
                lines = tree.text(path).count("\n")
                if lines > WISHED_LINES:
                    print(f"{path}: {lines} lines, wished are {WISHED_LINES}")
        return 0
    found = 0
    for check in RULES:
        for where, what in check(tree):
            print(f"{where}: {what} ({check.__name__})")
            found += 1
    print(f"{len(RULES)} rules, {len(tree.files)} files, {found} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
