"""What every replica promises, as checks for whoever writes one.

Each function in `PROMISES` is given a new, empty replica and raises AssertionError if the
promise is broken; its name says which. `check_replica` runs them all:

    check_replica(lambda: MyReplica(new_empty_place()))
"""

from collections.abc import Callable

from twinbook.ports import Replica
from twinbook.testing import telling, writing

Promise = Callable[[Replica], None]


def check_replica(make: Callable[[], Replica]) -> None:
    """Hold a kind of replica to all its promises. `make` gives a new, empty one each time.

    Raises AssertionError with the name of the first promise that is broken.
    """
    for promise in PROMISES:
        try:
            promise(make())
        except AssertionError as error:
            raise AssertionError(promise.__name__.replace("_", " ")) from error


PROMISES: tuple[Promise, ...] = (
    writing.a_new_item_carries_its_mark_and_is_echoed_as_it_reads,
    writing.a_mark_is_stored_once,
    writing.what_a_shape_says_is_kept,
    writing.every_script_is_kept,
    writing.a_text_of_70_000_characters_is_kept,
    writing.a_picture_comes_back_byte_for_byte,
    writing.only_the_named_fields_change,
    writing.a_version_changes_with_the_content,
    writing.a_stale_update_changes_nothing,
    writing.a_stale_removal_changes_nothing,
    writing.a_stale_release_changes_nothing,
    writing.what_does_not_exist_is_missing,
    writing.a_field_can_be_cleared,
    writing.a_tag_is_added_and_nothing_else,
    writing.a_released_item_stays_without_its_tag,
    writing.a_removed_item_is_gone_for_good,
    writing.an_image_puts_an_item_back,
    writing.what_is_said_beside_an_image_is_laid_over_it,
    writing.an_image_can_be_put_back_without_its_tag,
    writing.every_change_has_its_outcome_in_order,
    telling.items_are_found_by_their_marks,
    telling.look_alikes_are_found_by_what_they_share,
    telling.a_read_answers_for_each_id,
    telling.an_empty_place_tells_one_empty_page,
    telling.own_writes_come_back,
    telling.what_is_announced_with_its_content_is_what_reads,
    telling.a_removal_is_told_or_missing_from_a_complete_listing,
    telling.a_complete_listing_names_everything,
    telling.many_items_come_in_pages_each_once,
    telling.nothing_is_lost_behind_a_cursor_nobody_knows,
)
