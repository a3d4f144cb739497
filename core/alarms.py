"""Tells a webhook of alarms, once and once more where that failed; it decides nothing and never shows the address."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from core.errors import RequestError

if TYPE_CHECKING:
    from core.evaluation.fact_store import Alarm

_SECONDS = 5.0
_TRIES = 2


def check_address(url: str) -> None:
    """Raises RequestError, without the address, unless it is one that may be posted to."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise RequestError("The address in TOUCHSTONE_ALARM_WEBHOOK is none.") from None
    if parts.scheme not in ("http", "https") or not host:
        raise RequestError(
            "The address in TOUCHSTONE_ALARM_WEBHOOK must begin with http:// or https:// and name a host."
        )
    if parts.username or parts.password:
        raise RequestError("The address in TOUCHSTONE_ALARM_WEBHOOK holds a name or password; put a token in its path.")


def message(alarms: "Sequence[Alarm]", check: str, values: bool = False) -> dict[str, Any]:
    """What is posted: ids, answerers, states and places; the values only where that was configured."""
    rows = []
    for alarm in alarms:
        each = alarm.judgement
        row = {"fact": each.fact, "answerer": each.answerer, "state": each.state, "where": each.where}
        rows.append(row | ({"expected": each.expected, "found": each.found} if values else {}))
    return {"source": "touchstone", "event": "freshness", "check": check, "alarms": rows}


def post(url: str, body: dict[str, Any]) -> str:
    """What became of it, as a sentence without the address; follows no redirect. Raises RequestError for a bad one."""
    import httpx

    check_address(url)
    told = ""
    for _ in range(_TRIES):
        try:
            answer = httpx.post(url, json=body, timeout=_SECONDS, follow_redirects=False)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            told = f"The webhook could not be told: {type(error).__name__}."
            continue
        if answer.is_success:
            return "The webhook was told."
        told = f"The webhook was not told: it answered {answer.status_code}."
        if answer.status_code < 500:  # it would refuse the same again
            break
    return told
