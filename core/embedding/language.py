"""Which language a text is written in, offline; it knows nothing of documents, recipes or what is done about it.

py3langid counts byte sequences; its data come with it and load in under a second, which the first call pays.
"""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_SURE = 0.55
"""Probability below which nothing is said: for 2% of XQuAD's questions; of the others 1 in 1,400 is wrong."""
_READ = 20_000
"""Characters of a long text that are read."""
_LETTERS = 6
"""Letters below which nothing is said; characters of Chinese, Japanese and Korean count three times."""
_VARIANTS = {"wuu": "zh", "yue": "zh", "ary": "ar", "arz": "ar", "nn": "no", "sdh": "ku", "uzs": "uz"}
"""Varieties that the library tells apart, and the language that readers know them as."""
_NONE = "zxx"
"""The library's label for what is no language."""


def language_of(text: str) -> str | None:
    """The ISO 639-1 code, as "de"; None when the text is too short, in several languages at once, or in none."""
    text = text[:_READ]
    if sum(3 if ord(sign) > 0x2E7F else 1 for sign in text if sign.isalpha()) < _LETTERS:
        return None
    shares: dict[str, float] = {}
    for label, share in _identifier().rank(text):
        code = _VARIANTS.get(label, label)
        shares[code] = shares.get(code, 0.0) + share
    best = max(shares, key=lambda code: shares[code])
    return best if shares[best] >= _SURE and best != _NONE else None


@cache
def _identifier() -> "LanguageIdentifier":
    """Told to choose among languages of two letters: the rare ones draw short questions away from the common."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([x for x in identifier.labels if len(x) == 2 or x in _VARIANTS or x == _NONE])
    return identifier
