"""How many disguised words are found, how many innocent ones are taken for them, and what a filtered stream costs.

    python -m benchmarks.guardrails.terms

The words are those of the public list of `../shared/data/profanity`, as an operator would bring them; each is disguised
by every rule below and set in a sentence. Innocent words hold a listed word within them, as Scunthorpe does.
"""

import json
import re
import time
from collections.abc import Callable

import numpy as np

from benchmarks.data import folder
from benchmarks.guardrails.honest import paragraphs, passages
from core.guardrails.holdback import Finder, Growing, HoldBack, masked
from core.guardrails.patterns import personal
from core.guardrails.terms import Terms, profanity

LOOKALIKE = str.maketrans("aceopxyiABCEHKMOPTX", "асеорхуіАВСЕНКМОРТХ")
WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})
SIGNS = str.maketrans("aeiost", "@31057")
DISGUISES: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "capitals": str.upper,
    "signs for letters": lambda word: word.translate(SIGNS),
    "spaced out": " ".join,
    "dots between": ".".join,
    "hyphens between": "-".join,
    "one sign within": lambda word: word[:2] + "*" + word[2:],
    "zero-width between": "\u200b".join,
    "soft hyphens between": "\u00ad".join,
    "look-alike letters": lambda word: word.translate(LOOKALIKE),
    "full-width letters": lambda word: word.translate(WIDE),
    "struck through": lambda word: "".join(letter + "\u0336" for letter in word),
    "drawn out": lambda word: re.sub(r"([aeiou])", r"\1\1\1\1", word, count=1),
    "accents on vowels": lambda word: word.translate(str.maketrans("aeiou", "áéíóú")),
    "umlauts on vowels": lambda word: word.translate(str.maketrans("aou", "äöü")),
    "a letter left out": lambda word: word[:1] + word[2:],
    "a star for a vowel": lambda word: re.sub("[aeiou]", "*", word, count=1),
    "broken by one space": lambda word: word[:2] + " " + word[2:],
}
"""The last four change the word or the words around it; that they are not found is the price of few false alarms."""
INNOCENT = """
Scunthorpe Penistone Clitheroe Lightwater Cockburn Cockermouth Dickens Dickson Hancock Hitchcock peacock cocktail
shuttlecock Babcock Essex Sussex Middlesex sextet sextant unisex Arsenal arsenic parse sparse coarse hearse class glass
grass bass mass pass assess assassin assemble assist assume embassy compass massage cassette Cassandra ambassador
analysis analog canal banal penal title titan titular constitution competition appetite titration button butter rebuttal
shiitake mishit Matsushita cumulative document circumference accumulate cucumber scum homogeneous homology saturday
therapist specialist rapport grape drape raper scrap scrape skyscraper evaluate circumstance swank Wankel wanker's
snigger niggardly Niger Nigeria bigger trigger kumquat suckle dictate predict addict verdict Dickinson
hello shell Michelle damnation Amsterdam Potsdam crapaud scrapbook pussycat pussyfoot octopus Pushkin hoare whore's
medick buttress rebut attribute butane Bumble album document's faggots' Vigesimal lesbianism gaylord begay nudge
denude execution electrocute Fukuoka Kinkaku Mohammed spicy suspicion despicable rapscallion escort
""".split()


def in_sentence(word: str) -> str:
    """A word among words."""
    return f"They said, {word}, and then went home."


def recall(terms: Terms, words: list[str]) -> None:
    """By disguise, the part of the words that is masked whole."""
    for name, disguise in DISGUISES.items():
        found = []
        for word in words:
            dressed = disguise(word)
            start = len("They said, ")
            end = start + len(dressed)
            found.append(any(each.start <= start and each.end >= end for each in terms.find(in_sentence(dressed))))
        print(f"  {name:<22} {np.mean(found):.3f} of {len(words)}")


def false_alarms(terms: Terms, own: Terms, listed: set[str]) -> None:
    """Innocent words, and honest texts."""
    innocent = [
        word for word in INNOCENT if word.casefold() not in listed and word.split("'")[0].casefold() not in listed
    ]
    wrong = [word for word in innocent if terms.find(in_sentence(word))]
    print(f"  innocent words         {len(wrong)} of {len(innocent)}: {wrong}")
    spaced = [word for word in innocent if terms.find(in_sentence(" ".join(word)))]
    print(f"  the same, spaced out   {len(spaced)} of {len(innocent)}: {spaced}")
    texts = [*passages(1), *paragraphs(1)]
    for name, finder in (("public list", terms), ("own lists", own)):
        found = [text[each.start : each.end] for text in texts for each in finder.find(text)]
        odd = sorted({each for each in found if each.casefold() not in listed})
        print(f"  {name:<22} {len(found)} findings in {len(texts)} honest texts; disguised among them: {odd}")


def stream(finders: dict[str, list[Finder]]) -> None:
    """What the filter takes for a token, and how much it holds back, in a stream of 1,000 tokens."""
    tokens = re.findall(r"\s*\S{1,5}|\s+", "\n".join(passages(1)))[:1000]
    for name, each in finders.items():
        rounds, held = [], []
        for _ in range(5):
            filter_ = HoldBack(each)
            began = time.process_time()
            for token in tokens:
                filter_.feed(token)
                held.append(filter_.held)
            filter_.end()
            rounds.append((time.process_time() - began) / len(tokens) * 1000)
        print(
            f"  {name:<22} {np.median(rounds):.4f} ms a token; held back: {np.mean(held):.1f} characters on average, "
            f"{max(held)} at most; nothing at {np.mean(np.array(held) == 0):.0%} of the tokens"
        )


def main() -> None:
    """Print every figure."""
    rows = (folder("profanity") / "ldnoobw_en.txt").read_text(encoding="utf-8").splitlines()
    listed = [row.strip() for row in rows if row.strip().isascii() and any(sign.isalpha() for sign in row)]
    terms = Terms(listed, "profanity")
    own = Terms([*profanity("en"), *profanity("de")], "profanity")
    words = [row for row in listed if row.isalpha() and len(row) >= 4]
    print("found whole, single words of the public list")
    recall(terms, words)
    print("\nfalse alarms")
    false_alarms(terms, own, {row.casefold() for row in (*listed, *profanity("en"), *profanity("de"))})
    print("\na stream of 1,000 tokens, and whole texts, in processor time")
    stream({"own lists": [own], "public list": [terms], "and personal data": [terms, Growing(personal, "personal")]})
    hostile = json.loads((folder("profanity") / "blns.json").read_text(encoding="utf-8"))
    assert all(len(masked(text, [terms])) == len(text) for text in hostile)
    text = "\n".join(passages(1))
    for name, finder in (("own lists", own), ("public list", terms)):
        began = time.process_time()
        finder.find(text)
        print(f"  {name:<22} {(time.process_time() - began) * 1e6 / len(text):.3f} ms for 1,000 characters of a text")


if __name__ == "__main__":
    main()
