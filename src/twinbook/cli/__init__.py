"""The `twinbook` command.

One file for each noun. A command gets its desk, does one thing, and gives back an answer;
what is said to whom, and with which exit status, is decided here. Whatever is slow to load
is loaded inside the commands, so that `twinbook --help` is there at once.
"""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, NoReturn

from cyclopts import App, CycloptsError, Group, Parameter

from twinbook import __version__
from twinbook.cli import (
    accounts,
    books,
    contacts,
    data,
    duplicates,
    holds,
    keys,
    membership,
    policy,
    runs,
    serving,
    status,
    sync,
    transfer,
    users,
    why,
)
from twinbook.cli.desk import PLAIN, Desk
from twinbook.cli.output import INTERRUPTED, USAGE, Answer, Interrupted, emit, fail
from twinbook.model.errors import TwinbookError
from twinbook.settings import read_settings

app = App(
    name="twinbook",
    help="Keep a company's CRM contacts and people's address books in step.",
    version=__version__,
    help_format="plaintext",
    default_parameter=PLAIN,
)
app.meta.default_parameter = PLAIN
app.meta.group_parameters = Group("Options of every command", sort_key=0)

_NOUNS = (
    users.user,
    users.team,
    accounts.account,
    contacts.contact,
    duplicates.duplicates,
    books.connect,
    books.book,
    holds.hold,
    runs.run,
    policy.policy,
    keys.key,
)
_VERBS = (
    data.init,
    transfer.import_,
    transfer.export,
    books.password,
    books.disconnect,
    books.pause,
    books.resume,
    sync.sync,
    serving.serve,
    serving.worker,
    status.status,
    membership.promote,
    membership.untrack,
    membership.bring_back,
    runs.undo,
    why.why,
    data.backup,
    data.restore,
    data.doctor,
)
for noun in _NOUNS:
    app.command(noun)
for verb in _VERBS:
    app.command(verb, name=verb.__name__.rstrip("_").replace("_", "-"))


@app.meta.default
def launch(
    *words: Annotated[str, Parameter(show=False, allow_leading_hyphen=True)],
    data: Path | None = None,
    as_: Annotated[str | None, Parameter(name="--as")] = None,
    json: bool = False,
) -> Answer | None:
    """Keep a company's CRM contacts and people's address books in step.

    Parameters
    ----------
    words
        The command and what belongs to it.
    data
        The data directory. Without it TWINBOOK_DATA names it, else it is ~/.twinbook.
    as_
        Who acts, by e-mail address. Without it the only administrator does.
    json
        Print JSON, and nothing else, on standard output.
    """
    command, bound, unparsed = app.parse_args(words, exit_on_error=False, print_error=False)
    if "desk" not in unparsed:
        command(*bound.args, **bound.kwargs)
        return None
    desk = Desk(read_settings(data), as_, json)
    try:
        return _answer(lambda: command(*bound.args, **bound.kwargs, desk=desk), desk)
    finally:
        desk.close()


def _answer(command: Callable[[], Any], desk: Desk) -> Answer:
    try:
        answer = command()
    except KeyboardInterrupt as error:
        raise Interrupted(runs.interrupted(desk)) from error
    assert isinstance(answer, Answer)  # noqa: S101 - what every command promises
    return answer


def run(arguments: Sequence[str]) -> int:
    """Carry out one command line; its exit status."""
    as_json = "--json" in arguments
    try:
        answer = app.meta(
            arguments, exit_on_error=False, print_error=False, result_action="return_value"
        )
        return emit(answer, as_json=as_json) if isinstance(answer, Answer) else 0
    except CycloptsError as error:
        return fail(f"{error}\nSee: twinbook --help", as_json=as_json, status=USAGE)
    except TwinbookError as error:
        return fail(str(error), as_json=as_json)
    except BrokenPipeError:
        # Nobody reads on, for example behind `| head`: nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return fail(_in_words(error), as_json=as_json)
    except Interrupted as error:
        return fail(str(error), as_json=as_json, status=INTERRUPTED)


def _in_words(error: OSError) -> str:
    place = f"{error.filename}: " if error.filename else ""
    return (
        f"{place}{error.strerror or error}. The command was given up; what it had finished "
        "is kept. Mend this and do it again."
    )


def main() -> NoReturn:
    """The program: carry out the command line it was started with."""
    sys.exit(run(sys.argv[1:]))


__all__ = ["app", "main", "run"]
