"""The sample company clears a directory only if it made it, and nobody works in it."""

import pytest

from twinbook.model.errors import Busy, Invalid
from twinbook.sample.place import SIGN, fresh


def test_a_new_directory_is_made_and_signed(tmp_path):
    with fresh(tmp_path / "new" / "sample"):
        assert [path.name for path in (tmp_path / "new" / "sample").iterdir()] == [SIGN]


def test_what_the_last_sample_company_left_is_cleared(tmp_path):
    with fresh(tmp_path):
        (tmp_path / "books").mkdir()
        (tmp_path / "books" / "ada.vcf").touch()
        (tmp_path / "secret.key").touch()

    with fresh(tmp_path):
        assert [path.name for path in tmp_path.iterdir()] == [SIGN]


def test_what_it_did_not_make_is_refused_and_stays(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")

    with pytest.raises(Invalid, match="Nothing was removed"), fresh(tmp_path):
        pass

    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_real_installation_is_refused(tmp_path):
    (tmp_path / "secret.key").touch()
    (tmp_path / SIGN).write_text("somebody else's file of this name")

    with pytest.raises(Invalid), fresh(tmp_path):
        pass

    assert (tmp_path / "secret.key").exists()


def test_nothing_is_cleared_through_a_link(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "thesis.txt").touch()
    with fresh(tmp_path / "sample"):
        (tmp_path / "sample" / "books").symlink_to(outside)

    with fresh(tmp_path / "sample"):
        assert (outside / "thesis.txt").exists()
        assert not (tmp_path / "sample" / "books").exists()


def test_a_file_in_its_place_is_refused_with_the_next_step(tmp_path):
    (tmp_path / "sample").touch()

    with pytest.raises(Invalid, match="--data"), fresh(tmp_path / "sample"):
        pass


def test_a_company_that_is_at_work_is_not_cleared(tmp_path):
    with fresh(tmp_path):
        (tmp_path / "secret.key").touch()

        with pytest.raises(Busy, match="at work"), fresh(tmp_path):
            pass

        assert (tmp_path / "secret.key").exists()
