#!/usr/bin/env python3
"""Make the documents that follow from the program's own tables.

    docs/make_docs.py PINDRIFT            write docs/rules.md and docs/pindrift.1
    docs/make_docs.py PINDRIFT --check    say which of them differ, and exit with 1

`pindrift explain` prints the table of rules, `--help` the table of options: what stands
in these two files is what the program says of itself.
"""

import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent

EXIT_STATUS = [
    ("0", "complete, and passes"),
    ("1", "policy violated: findings at or above --fail-on; pin: something to change, or an image "
     "that cannot be pinned as it is"),
    ("2", "usage or configuration"),
    ("3", "incomplete: a gap in what was asked for"),
    ("4", "fatal: nothing usable came of it"),
    ("5", "nothing in scope: a folder or stream in which not one image was found, or none that is "
     "meant for the scanned clusters and namespaces; a namespace with nothing in it"),
    ("75", "another run holds the lock"),
    ("128+n", "ended by signal n"),
]


def ask(program, *arguments):
    """What the program prints."""
    done = subprocess.run([program, *arguments], check=True, capture_output=True, text=True)
    return done.stdout


def rules_page(program):
    """docs/rules.md, by `pindrift explain`."""
    ids = [line.split()[0] for line in ask(program, "explain").splitlines() if line.strip()]
    page = ["# Rules", "", "What `pindrift explain RULE` says, for every rule. Ids never change once released.", ""]
    for rule in ids:
        head, *rest = [line.strip() for line in ask(program, "explain", rule).splitlines() if line.strip()]
        page += [f"## {rule}", "", f"*{head[len(rule):].strip(' ()')}*", ""]
        page += [line for text in rest for line in (text, "")]
    return "\n".join(page).rstrip() + "\n"


def roff(text):
    """Text that roff takes as it stands."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text.startswith((".", "'")) else text


def option_lines(help_text):
    """(flags, help) of each block of a --help."""
    for match in re.finditer(r"^  (-[^\n]+)\n((?:      [^\n]*\n)+)", help_text, re.M):
        yield match[1], " ".join(match[2].split())


def man_page(program):
    """docs/pindrift.1, by `pindrift --help` and each command's."""
    version = ask(program, "version").split()[1]
    overview = ask(program, "--help")
    commands = re.findall(r"^  ([a-z]+) +(\[\S+\]|[A-Z.]+)? +(\S.*)$", overview, re.M)
    page = [f'.TH PINDRIFT 1 "" "pindrift {version}" "User Commands"', ".SH NAME",
            "pindrift \\- is what runs in a cluster what was pinned?", ".SH SYNOPSIS"]
    for name, operands, _ in commands:
        page += [".br", f".B pindrift {name}", f"[OPTION...] {roff(operands)}".rstrip()]
    page += [".SH COMMANDS"]
    for name, operands, _ in commands:
        text = ask(program, name, "--help")
        paragraph = " ".join(text.split("\n\n")[1].split())
        page += [f".SS {name} {roff(operands)}".rstrip(), roff(paragraph)]
        for flags, meaning in option_lines(text):
            page += [".TP", f".B {roff(flags)}", roff(meaning) + "."]
    page += [".SH ENVIRONMENT", "Each option has a twin: PINDRIFT_ and its long name in capitals, dashes as",
             "underscores, such as PINDRIFT_FAIL_ON.  A list is split at commas; a flag wins over it.",
             ".SH EXIT STATUS", "When several apply: 4, 1, 3, 5."]
    for status, meaning in EXIT_STATUS:
        page += [".TP", f".B {status}", roff(meaning)]
    return "\n".join(page) + "\n"


def main():
    program, check = sys.argv[1], "--check" in sys.argv[2:]
    stale = []
    for name, text in (("rules.md", rules_page(program)), ("pindrift.1", man_page(program))):
        path = HERE / name
        if check:
            if not path.exists() or path.read_text() != text:
                stale.append(name)
        else:
            path.write_text(text)
    for name in stale:
        print(f"docs/{name} is not what the program says: run `make golden`")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
