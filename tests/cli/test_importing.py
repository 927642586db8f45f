"""What a file becomes in the hub: accounts, owners, look-alikes, and the way back."""

from contextlib import closing

import pytest
from town import ADA, GRACE, MUM

from twinbook.crm import access
from twinbook.database import open_database
from twinbook.formats import filters

OTHER_ADA = ADA.replace("card-of-ada", "another").replace(
    "TITLE:Analyst\n", "TITLE:Boss\nURL:https://ada.example\nX-PIN:7\n"
)


def test_an_import_that_was_undone_can_be_made_again(any_town):
    town = any_town.founded()
    file = town.file("many.vcf", ADA, GRACE)
    town.do("undo", town.json("import", file)["run"])

    gone = town.json("contact", "list")
    again = town.json("import", file)

    assert gone == []
    assert (again["new"], again["same"], again["alike"]) == (2, 0, 0)
    assert len(town.json("contact", "list")) == 2


def test_a_file_is_known_again_however_its_contacts_changed_since(any_town):
    town = any_town.founded()
    file = town.file("many.vcf", GRACE)
    town.do("import", file)
    town.do("contact", "edit", "Grace Hopper", "surname=Murray", "given=G.", "emails=")

    assert town.json("import", file)["same"] == 1


def test_a_look_alike_is_linked_on_demand_and_only_gains(any_town):
    town = any_town.founded()
    town.do("import", town.file("ada.vcf", ADA))
    file = town.file("other.vcf", OTHER_ADA)

    foreseen = town.json("import", file, "--on-match", "link", "--preview")
    linked = town.json("import", file, "--on-match", "link")
    ada = town.json("contact", "show", "Ada Berg")["contact"]
    again = town.json("import", file, "--on-match", "link")

    assert (foreseen["filled"], linked["filled"], again["filled"]) == (1, 1, 0)
    assert (again["same"], again["run"]) == (1, None)
    assert ada["job_title"] == "Analyst"
    assert ada["web_pages"][0]["value"] == "https://ada.example"
    town.do("undo", linked["run"])
    assert "web_pages" not in town.json("contact", "show", "Ada Berg")["contact"]


def test_two_records_of_one_person_in_one_file_are_linked_on_demand(town):
    town.founded()

    result = town.json("import", town.file("both.vcf", ADA, OTHER_ADA), "--on-match", "link")

    (ada,) = town.json("contact", "list")
    assert (result["new"], result["filled"]) == (1, 1)
    assert ada["contact"]["web_pages"][0]["value"] == "https://ada.example"


def test_a_look_alike_becomes_a_contact_of_its_own_on_demand(town):
    town.founded()
    town.do("import", town.file("ada.vcf", ADA))

    file = town.file("other.vcf", OTHER_ADA)
    result = town.json("import", file, "--on-match", "create")

    assert (result["new"], result["alike"]) == (1, 0)
    assert len(town.json("contact", "list")) == 2
    assert town.json("import", file, "--on-match", "create")["same"] == 1


def test_a_contact_that_the_user_may_not_see_is_not_named_and_gains_nothing(town, clock):
    town.founded()
    town.do("import", town.file("ada.vcf", ADA))
    with (
        closing(open_database(f"sqlite:///{town.data / 'twinbook.db'}")) as database,
        database.write() as connection,
    ):
        mine = filters.parse("owner = me")
        access.restrict(connection, access.Right.SEE, clock, filter=mine)
    file = town.file("other.vcf", OTHER_ADA)

    skipped = town.json("import", file, by="bob")
    linked = town.json("import", file, "--on-match", "link", by="bob")

    assert skipped["cards"][0]["reason"] == "looks like a contact that you may not see"
    assert skipped["cards"][0]["contact"] is None
    assert (linked["filled"], linked["alike"]) == (0, 1)


def test_private_fields_are_taken_in_only_on_demand(town):
    town.founded()

    town.do("import", town.file("mum.vcf", MUM), "--with-private")

    assert town.json("contact", "show", "Eva Lind")["contact"]["note"] == "birthday cake"


def test_what_lacks_a_required_field_is_named_and_left_out(town):
    town.founded()
    town.do("policy", "set", "required", "surname, emails|phones")
    bare = "BEGIN:VCARD\nVERSION:3.0\nN:Bare;Bo;;;\nEND:VCARD\n"

    result = town("import", town.file("many.vcf", bare, GRACE))

    assert result.status == 1
    assert "Card 1: it lacks e-mail addresses or phone numbers." in result.out
    assert [one["name"] for one in town.json("contact", "list")] == ["Grace Hopper"]


@pytest.mark.parametrize("rule", ["nose", "surname, emails|nose"])
def test_a_required_field_has_to_be_one(town, rule):
    town.founded()

    result = town("policy", "set", "required", rule)

    assert result.status == 1
    assert "There is no field 'nose'" in result.err
