"""The project itself: what it may hold, and whether its documentation is true."""

import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "twinbook"

LINES_AT_MOST = 400
LONGER: dict[str, str] = {
    "src/twinbook/database/migrations/versions/0001.py": "written by a tool",
}
"""Files under src that may be longer, each with its reason."""

# Written in two parts, so that this file itself does not hold them.
REGISTRIES = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("crates", "io"),
        ("conda", "anaconda"),
        ("deb", "debian"),
    )
]


@cache
def tracked() -> list[Path]:
    """The files of the repository: committed, or about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = (ROOT / name for name in listed.stdout.split("\0") if name)
    return [path for path in paths if path.is_file()]


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def section(path: Path, title: str) -> str:
    """What stands in a Markdown file between a heading and the next one like it."""
    return text_of(path).partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_no_lock_file_of_a_tool_is_in_the_repository():
    lock_files = re.compile(r"(uv\.lock|poetry\.lock|pylock.*\.toml|package-lock\.json)")

    found = [path.name for path in tracked() if lock_files.fullmatch(path.name)]

    assert found == []


def test_the_lock_file_holds_hashes_and_no_addresses():
    lines = text_of(ROOT / "requirements.lock").splitlines()

    addresses = [line for line in lines if re.search(r"://|^--| @ ", line)]
    packages = [line for line in lines if "==" in line]
    hashes = [line for line in lines if line.strip().startswith("--hash=sha256:")]

    assert addresses == []
    assert len(hashes) >= len(packages) > 0


def test_no_file_names_a_package_registry():
    found = [
        (str(path.relative_to(ROOT)), host)
        for path in tracked()
        for host in REGISTRIES
        if host in text_of(path)
    ]

    assert found == []


def test_the_architecture_names_every_room_and_only_rooms_that_exist():
    rooms = section(ROOT / "ARCHITECTURE.md", "The rooms")
    named = set(re.findall(r"(?m)^  (\w+)(?:/|\.py) ", rooms))

    existing = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    existing |= {path.stem for path in PACKAGE.glob("*.py") if not path.stem.startswith("__")}

    assert named == existing


def test_the_architecture_shows_the_import_order_that_is_enforced():
    shown = section(ROOT / "ARCHITECTURE.md", "Who may import whom").split("```")[1]
    layers = re.search(r"(?ms)^layers = \[(.*?)\]", text_of(ROOT / "pyproject.toml"))
    assert layers

    existing = set(re.findall(r"\w+", shown))
    enforced = [room for room in re.findall(r"\w+", layers[1]) if room in existing]

    assert re.findall(r"\w+", shown) == enforced


def test_every_decision_is_in_the_index_under_its_own_title():
    decisions = ROOT / "docs" / "decisions"
    indexed = dict(
        re.findall(r"(?m)^\| \[\d{4}\]\((.+?)\) \| (.+) \|$", text_of(decisions / "README.md"))
    )

    written = {
        path.name: text_of(path).splitlines()[0].partition(" — ")[2]
        for path in decisions.glob("[0-9]*.md")
    }

    assert indexed == written


def test_every_decision_answers_the_same_five_points():
    points = ["Question", "What we chose", "Why", "What it costs", "When to look again"]

    for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md"):
        assert (path.name, re.findall(r"(?m)^## (.+)$", text_of(path))) == (path.name, points)


def test_every_source_file_can_be_read_at_one_sitting():
    lengths = {
        str(path.relative_to(ROOT)): len(text_of(path).splitlines())
        for path in PACKAGE.rglob("*.py")
    }

    too_long = {name: lines for name, lines in lengths.items() if lines > LINES_AT_MOST}

    assert set(too_long) == set(LONGER), too_long


def test_every_target_of_the_makefile_says_what_it_does():
    targets = re.findall(r"(?m)^([a-z]+):(.*)$", text_of(ROOT / "Makefile"))

    assert [name for name, rest in targets if "## " not in rest] == []


MARKDOWN = [path for path in tracked() if path.suffix == ".md"]


def anchors(path: Path) -> set[str]:
    """The anchors of a Markdown file's headings, as forges make them."""
    headings = re.findall(r"(?m)^#+ (.+)$", text_of(path))
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.strip().replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("path", MARKDOWN, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_of_the_documentation_leads_somewhere(path):
    prose = re.sub(r"```.*?```", "", text_of(path), flags=re.DOTALL)
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", prose) if "://" not in link]

    for link in links:
        name, _, anchor = unquote(link).partition("#")
        target = path.parent / name if name else path
        assert (link, target.exists()) == (link, True)
        if anchor:
            assert (link, anchor in anchors(target)) == (link, True)


def test_the_field_table_of_the_documentation_is_that_of_the_program():
    check = subprocess.run([sys.executable, "tools/docs.py", "--check"], cwd=ROOT, check=False)

    assert check.returncode == 0, "run `make docs`"


def test_every_page_the_code_points_to_exists():
    cited = {
        (str(path.relative_to(ROOT)), page)
        for path in tracked()
        if path.suffix == ".py"
        for page in re.findall(r"\bdocs/[\w/-]+\.md\b", text_of(path))
    }

    assert {(name, page) for name, page in cited if not (ROOT / page).exists()} == set()


def test_every_rule_the_code_cites_is_written_down():
    rules = text_of(ROOT / "docs" / "explanation" / "rules.md")
    promises = text_of(ROOT / "docs" / "explanation" / "promises.md")
    written = set(re.findall(r"\*\*([SLNRFAs]?\d[\d.]*)\*\*", rules + promises))
    written |= set(re.findall(r"(?m)^#+ (\d[\d.]*) ", rules))

    cited = {
        (str(path.relative_to(ROOT)), rule.rstrip("."))
        for path in tracked()
        if path.suffix == ".py"
        for rule in re.findall(r"\b(?:rule|scenario|law) ([SLNRFAs]?\d[\d.]*)", text_of(path))
    }

    assert {(name, rule) for name, rule in cited if rule not in written} == set()
