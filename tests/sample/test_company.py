"""The sample company lives beside other programs: whoever runs the command meanwhile."""

import subprocess
import sys

import pytest

from twinbook.sample import founding
from twinbook.settings import read_settings


@pytest.mark.slow
def test_looking_into_the_file_of_the_database_takes_no_lock_from_it(tmp_path):
    opened = founding.found(read_settings(tmp_path / "data", {}))
    try:
        assert opened.stores("luisa.araujo@")
        assert not opened.stores("nobody.at.all@")
        opened.foresee()
        command(tmp_path, "account", "add", "Made by another process")
        opened.sync("rosa")

        assert "Made by another process" in command(tmp_path, "account", "list")
        assert "rosa" in command(tmp_path, "run", "list")
    finally:
        opened.close()


def command(place, *words):
    """What `twinbook` says in a process of its own."""
    program = [sys.executable, "-m", "twinbook", "--data", str(place / "data"), *words]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
