"""A structured log of ids and counts. Personal values never reach it.

Events have a name and keyword values; whatever is not an id, a number or a known word
is refused, so that a name or an address can't slip in.
"""

import logging
import sys

import structlog

ALLOWED = frozenset({
    "spoke", "run", "contact", "link", "item", "hold", "act", "kind", "count", "requests",
    "created", "updated", "removed", "linked", "held", "failed", "seconds", "error", "reason",
    "worker", "where", "threads",
})  # fmt: skip


def set_up(level: int = logging.WARNING) -> None:
    """Write the log to standard error, one JSON object a line, from this level on."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_known_keys,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )


def only_known_keys(
    _logger: object, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """The event without any value that nobody vouches for."""
    return {
        key: value
        for key, value in event.items()
        if key in ALLOWED or key in ("event", "level", "timestamp")
    }
