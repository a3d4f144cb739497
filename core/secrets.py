"""Keeps configured secrets out of log records, whoever writes them; it knows no setting and no logger.

A library that logs the address or the header of a request would write a secret that none of our own sentences holds.
"""

import logging
import threading
from collections.abc import Iterable

_SHORTEST = 6
"""Characters of a value from which it is looked for; a shorter one would stand in words by chance."""
_HIDDEN = "…"
_secrets: set[str] = set()
_installing = threading.Lock()
_formatter = logging.Formatter()


def keep_from_logs(values: Iterable[str]) -> None:
    """From now on, in this process, no log record holds one of the values; longer ones are replaced first."""
    with _installing:
        _secrets.update(value for value in values if len(value) >= _SHORTEST)
        before = logging.getLogRecordFactory()
        if not _secrets or getattr(before, "hides_secrets", False):
            return

        def factory(*arguments: object, **named: object) -> logging.LogRecord:
            record = before(*arguments, **named)
            _clean(record)
            return record

        factory.hides_secrets = True  # type: ignore[attr-defined]
        logging.setLogRecordFactory(factory)


def without_secrets(text: str) -> str:
    """The text with every known secret taken out."""
    for secret in sorted(_secrets, key=len, reverse=True):
        text = text.replace(secret, _HIDDEN)
    return text


def _clean(record: logging.LogRecord) -> None:
    try:
        said = record.getMessage()
    except (TypeError, ValueError):  # a message that does not fit its values: the handler tells of it, values and all
        record.msg, record.args = "A log message did not fit its values.", ()
        return
    if (clean := without_secrets(said)) != said:
        record.msg, record.args = clean, ()
    if record.exc_info:
        trace = _formatter.formatException(record.exc_info)
        if (clean := without_secrets(trace)) != trace:
            record.exc_info, record.exc_text = None, clean
