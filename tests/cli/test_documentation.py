"""The documentation of the command line is true: it is generated, and its commands run."""

import io
import os
import re
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from twinbook.cli import app, run

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
REFERENCE = (DOCS / "reference" / "cli.md").read_text(encoding="utf-8")


def commands(of=app, name="twinbook"):
    """Every command with its name and its arguments, as the program knows them."""
    for word in of:
        if word.startswith("-"):
            continue
        sub = of[word]
        yield f"{name} {word}", sub
        yield from commands(sub, f"{name} {word}")


NAMES = sorted(name for name, _ in commands())


def section(name: str) -> str:
    return REFERENCE.partition(f"# {name}\n")[2].partition("\n##")[0]


def test_the_reference_is_that_of_the_program():
    check = subprocess.run([sys.executable, "tools/cli_docs.py", "--check"], cwd=ROOT, check=False)

    assert check.returncode == 0, "run `make docs`"


@pytest.mark.parametrize("name", NAMES)
def test_every_command_and_every_option_is_documented(name):
    out = io.StringIO()
    with redirect_stdout(out):
        run([*name.split()[1:], "--help"])
    own = out.getvalue().partition("Options of every command")[0]
    options = set(re.findall(r"(?m)^│[ *]+(--[a-z-]+)", own)) - {"--help", "--version"}

    assert section(name)
    assert {one for one in options if f"`{one}" not in section(name)} == set()
    assert not re.search(r"^\* `[^`]+`: *$", section(name), re.MULTILINE)


@pytest.mark.parametrize("name", NAMES)
def test_every_command_of_the_program_explains_itself(name):
    assert dict(commands())[name].help


def test_every_command_that_the_documentation_names_exists():
    pages = [ROOT / "README.md", *DOCS.rglob("*.md")]
    said = {
        (page.name, " ".join(found.split()))
        for page in pages
        for found in re.findall(
            r"(?:^|`)twinbook ((?:--(?:data|as) \S+ )?[a-z-]+(?: [a-z-]+)?)",
            page.read_text(encoding="utf-8"),
            re.MULTILINE,
        )
    }
    known = {name.removeprefix("twinbook ") for name in NAMES}

    def exists(words: str) -> bool:
        words = re.sub(r"^--\S+ \S+ ", "", words)
        return words in known or words.partition(" ")[0] in known

    assert {one for one in said if not exists(one[1])} == set()


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="the tutorial is written for a shell")
def test_the_tutorial_does_what_it_says(tmp_path):
    page = (DOCS / "tutorial.md").read_text(encoding="utf-8")
    script = "\n".join(re.findall(r"```sh\n(.*?)```", page, re.DOTALL))
    for word, kind in (("HOLD", "hold"), ("RUN", "run")):
        script = re.sub(rf"\b{word}\b", f"$({sys.executable} {tmp_path}/pick.py {kind})", script)
    (tmp_path / "pick.py").write_text(PICK)
    (tmp_path / "twinbook").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m twinbook "$@"\n')
    (tmp_path / "twinbook").chmod(0o755)

    done = subprocess.run(
        ["bash", "-eu", "-c", script],
        env=os.environ | {"HOME": str(tmp_path), "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, (done.stdout, done.stderr)
    for text in (
        "2 to create in the book",
        "job title Analyst → Head of analysis in the address book",
        "exit status 1: something waits for an answer",
        "Ada B. gave way",
        "oops@example.com (other) → grace@navy.example (work)",
        "All is well.",
    ):
        assert text in done.stdout


PICK = """
import json, subprocess, sys
words = {"hold": ["hold", "list"], "run": ["run", "list"]}[sys.argv[1]]
found = json.loads(subprocess.run(["twinbook", *words, "--json"], stdout=-1).stdout)
if sys.argv[1] == "hold":
    print(found[0]["id"])
else:
    print(next(one["run"][:8] for one in found if one["kind"] == "edit"))
"""
