"""Numbers and names as people read them; it draws nothing."""

import re
from datetime import datetime

from core.governance.principals import PERSONAS
from core.types import Principal
from core.wording import listed as listed  # noqa: PLC0414 - taken from here by pages
from core.wording import many as many  # noqa: PLC0414 - taken from here by pages

_LANGUAGES = {
    "ar": "Arabic",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "fi": "Finnish",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "hu": "Hungarian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sv": "Swedish",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "vi": "Vietnamese",
    "zh": "Chinese",
}
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~:$&^])")


def plain(text: str) -> str:
    """Text of a document, a file name or a message, made safe where Streamlit would read Markdown."""
    return _MARKDOWN.sub(r"\\\1", text.replace("\n", " "))


def called(who: Principal) -> str:
    """A persona by its name, "the viewer"; somebody who signed in is "you"."""
    return f"the {who.name}" if who.name in PERSONAS else "you"


def demo(who: Principal, hint: str) -> str:
    """A hint to choose another persona, where there are any to choose."""
    return f" {hint}" if who.name in PERSONAS else ""


def size(count: int) -> str:
    """Bytes in a unit that fits."""
    if count < 1_000:
        return f"{count} bytes"
    value, unit = (count / 1_000, "kB") if count < 1_000_000 else (count / 1_000_000, "MB")
    return f"{value:.0f} {unit}" if value >= 10 else f"{value:.1f} {unit}"


def duration(seconds: float) -> str:
    """A span of time, as exact as anyone needs it."""
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 10 else f"{minutes} min"


def milliseconds(value: float) -> str:
    """Milliseconds below a second, seconds above."""
    return f"{value:.0f} ms" if value < 1_000 else f"{value / 1_000:.1f} s"


def moment(iso: str) -> str:
    """A stored time in this machine's zone, to the minute."""
    try:
        return datetime.fromisoformat(iso).astimezone().strftime("%d %b %Y, %H:%M")
    except ValueError:
        return iso


def language(code: str) -> str:
    """The English name of a language of ISO 639-1, or its code."""
    return _LANGUAGES.get(code, f"the language '{code}'")


def kind(media_type: str, name: str) -> str:
    """What a reader calls the format: PDF, Word, Markdown …"""
    known = {
        "application/pdf": "PDF",
        "text/html": "HTML",
        "text/markdown": "Markdown",
        "text/plain": "Text",
        "text/csv": "CSV",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation": "PowerPoint",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel",
    }
    return known.get(media_type) or name.rpartition(".")[2].upper() or "File"
