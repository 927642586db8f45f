"""vdirsyncer and khard, as people use them, on the same books as Twinbook."""

import subprocess

import pytest

from twinbook.testing.processes import program

INSTALL = "pip install khard vdirsyncer"
VDIRSYNCER = """\
[general]
status_path = "{place}/status/"
[pair book]
a = "local"
b = "server"
collections = null
conflict_resolution = null
[storage local]
type = "filesystem"
path = "{place}/cards/"
fileext = ".vcf"
[storage server]
type = "singlefile"
"""
SERVER = """\
[storage server]
type = "carddav"
url = "{url}"
username = "{login[0]}"
password = "{login[1]}"
"""
KHARD = """\
[addressbooks]
[[book]]
path = {place}/cards
[general]
default_action = list
editor = true
merge_editor = true
[contact table]
display = first_name
preferred_email_address_type = pref, work, home
[vcard]
preferred_version = 3.0
"""
GRACE = """\
First name : Grace
Last name  : Hopper
Phone      :
    cell : +1 202 555 0100
Email      :
    work : grace@navy.example
Categories : CRM
"""


class Desk:
    """A person's computer: khard on a folder of cards, which vdirsyncer takes to the server."""

    def __init__(self, place, shelf):
        self.place = place
        (place / "cards").mkdir(parents=True)
        head = VDIRSYNCER.partition("[storage server]")[0]
        (place / "vdirsyncer").write_text((head + SERVER).format(place=place, **vars(shelf)))
        (place / "khard").write_text(KHARD.format(place=place))
        self.run("vdirsyncer", "--config", place / "vdirsyncer", "discover")

    def run(self, name, *words, told=""):
        done = subprocess.run(
            [program(name, INSTALL), *map(str, words)],
            input=told,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done
        return done.stdout

    def sync(self):
        self.run("vdirsyncer", "--config", self.place / "vdirsyncer", "sync")

    def khard(self, *words, told=""):
        return self.run("khard", "-c", self.place / "khard", *words, told=told)

    def add(self, template):
        (self.place / "new.yaml").write_text(template)
        self.khard("new", "-a", "book", "-i", self.place / "new.yaml")

    def edit(self, name, old, new):
        """Edit somebody, in the way of a person with an editor."""
        template = self.khard("show", "--format", "yaml", name)
        assert old in template
        (self.place / "edit.yaml").write_text(template.replace(old, new))
        self.khard("edit", "-i", self.place / "edit.yaml", name, told="y\n")


@pytest.fixture
def desks(trio, tmp_path):
    found = {user: Desk(tmp_path / f"desk-{user}", trio.books[user]) for user in ("ann", "bob")}
    for one in found.values():
        one.sync()
    return found


@pytest.mark.slow
def test_what_one_person_writes_with_khard_another_reads_with_khard(trio, desks):
    desks["ann"].edit("Ada Berg", "+49 30 1234", "+49 30 9999")
    desks["ann"].add(GRACE)
    desks["ann"].sync()

    trio.do("sync")
    desks["bob"].sync()

    assert "+49 30 9999" in desks["bob"].khard("show", "Ada Berg")
    assert "grace@navy.example" in desks["bob"].khard("show", "Grace Hopper")
    assert "Eva-ann" not in desks["bob"].khard("list")
    assert trio.names() == ["Ada Berg", "Grace Hopper"]
    assert trio.contact("Ada Berg")["job_title"] == "Analyst"

    desks["bob"].edit("Grace Hopper", "+1 202 555 0100", "+1 202 555 0199")
    desks["bob"].sync()
    trio.do("sync")
    desks["ann"].sync()

    assert "+1 202 555 0199" in desks["ann"].khard("show", "Grace Hopper")
    assert "+49 30 9999" in desks["ann"].khard("show", "Ada Berg")
    assert trio.is_quiet()


@pytest.mark.compat
def test_what_is_deleted_with_khard_is_hidden_for_that_person_only(trio, desks):
    desks["bob"].khard("remove", "--force", "Ada Berg")
    desks["bob"].sync()

    trio.do("sync")
    for one in desks.values():
        one.sync()

    assert "Ada Berg" not in desks["bob"].khard("list")
    assert "Ada Berg" in desks["ann"].khard("list")
    assert trio.names() == ["Ada Berg"]
    assert trio.is_quiet()
