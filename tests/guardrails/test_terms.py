import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import RequestError
from core.guardrails.findings import Finding
from core.guardrails.terms import Terms, profanity

TERMS = Terms(["heron", "assassin", "ass", "Project Falcon", "x-ray", "C++", "schwül", "хлеб", "机密"], "house")
PLAIN = st.text(st.sampled_from("bcdghjkmqvwxyz ,;\n"), max_size=30)
"""Surroundings of which no letter begins a term and no sign joins two."""


def found(text: str, terms: Terms = TERMS) -> list[str]:
    return [text[each.start : each.end] for each in terms.find(text)]


@pytest.mark.parametrize(
    "text",
    [
        "heron", "Heron", "HERON", "h3r0n", "hеrоn", "ｈｅｒｏｎ", "h\u200be\u200br\u200bo\u200bn", "he\u00adron", "heeeeron",
        "h.e.r.o.n", "h e r o n", "h  e  r  o  n", "h-e-r-o-n", "he-ron", "h*e*ron", "h\u0336e\u0336r\u0336o\u0336n\u0336", "hérôn",
        "Project\n  Falcon", "project-falcon", "ProjectFalcon", "P r o j e c t  F a l c o n", "pr0ject_falc0n",
        "xray", "x ray", "C++", "schwül", "schwu\u0308l", "a$$", "@ss", "ХЛЕБ", "хлеб", "机密",
    ],
)  # fmt: skip
def test_a_term_is_found_however_it_is_dressed_up(text: str) -> None:
    assert found(f"The {text}, it says.") == [text]


@pytest.mark.parametrize(
    "text",
    [
        "class", "assess", "Massachusetts", "c l a s s", "g r a s s", "as s", "as", "herons", "heronry", "he ron", "her on",
        "455", "4 5 5", "4.5.5", "project of falcons", "project", "C", "schwul", "mi$hit", "ray", "a s", "1 2 3",
    ],
)  # fmt: skip
def test_innocent_words_do_not_alarm(text: str) -> None:
    assert found(f"The {text}, it says.") == []


def test_a_term_in_a_script_without_spaces_is_found_within_a_sentence() -> None:
    assert found("这是机密文件。") == ["机密"]


def test_the_longest_term_is_found_and_none_within_it() -> None:
    assert TERMS.find("An assassin.") == (Finding("term", "house", 3, 11),)


@given(PLAIN, st.sampled_from(["heron", "h3r0n", "h.e.r.o.n", "Project  Falcon", "he\u200bron", "a$$"]), PLAIN)
def test_a_planted_term_is_found_in_any_text(before: str, planted: str, after: str) -> None:
    text = f"{before}, {planted}, {after}"
    at = len(before) + 2
    assert Finding("term", "house", at, at + len(planted)) in TERMS.find(text)


@given(st.text(st.one_of(st.characters(), st.sampled_from("heron as$1 .-\u200b\u0308C+")), max_size=80))
def test_findings_lie_in_the_text_and_in_order(text: str) -> None:
    findings = TERMS.find(text)
    assert all(0 <= each.start < each.end <= len(text) for each in findings)
    assert all(a.start < b.start and a.end < b.end for a, b in zip(findings, findings[1:], strict=False))


def test_what_was_tried_before_changes_no_finding() -> None:
    text = "abcd ass assa heron hero herons class x-rated x-ray"
    fresh = Terms(["heron", "ass", "x-ray"], "house")
    assert fresh.find(text) == fresh.find(text)
    assert found(text, fresh) == ["ass", "heron", "x-ray"]


def test_a_number_is_found_only_as_itself() -> None:
    terms = Terms(["4711", "till"], "house")
    assert found("7111 or 4711 or t1ll", terms) == ["4711", "t1ll"]


def test_a_term_without_letters_is_refused() -> None:
    with pytest.raises(RequestError, match="needs a letter"):
        Terms(["--"], "house")


def test_no_terms_find_nothing() -> None:
    assert Terms([], "house").find("heron") == ()


@pytest.mark.parametrize(("language", "text"), [("en", "What utter b0llocks"), ("de", "So eine Schei\u00dfe")])
def test_own_lists_of_profanity_are_whole_words(language: str, text: str) -> None:
    terms = Terms(profanity(language), "profanity")
    assert len(terms.find(text)) == 1
    assert not terms.find(
        "Scunthorpe, Penistone, Arsenal, Cockburn, shiitake, Dickens, arrivederci, Marschall, Ficktitious"
    )


def test_an_unknown_list_is_refused() -> None:
    with pytest.raises(RequestError, match="only in 'en' and 'de'"):
        profanity("../en")
