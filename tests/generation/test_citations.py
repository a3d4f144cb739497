from core.generation.citations import Pages, attribute, printed_marks, without_repeats
from core.generation.extractive import quote, weigh
from core.types import Page, Unsupported
from tests.fakes import WordEmbedder, source

EMBED = WordEmbedder()
RETURNS = "Unused articles may be returned within 45 days. Refurbished articles may be returned within 21 days."
TRAVEL = "Hotel nights are paid up to 120 euros. Meals are paid up to 38 euros a day."
SOURCES = (source(1, RETURNS, "returns.pdf", start=100), source(2, TRAVEL, "travel.pdf"))
PAGES = Pages({"d-returns.pdf": (Page(1, 0, 100), Page(2, 100, 400))})


def evidence(question: str = "returned within"):
    return weigh(question, EMBED.queries([question])[0], SOURCES, EMBED.passages, "minilm")


def test_a_sentence_is_cited_to_the_source_that_supports_it_whatever_was_printed() -> None:
    answer = "Refurbished articles may be returned within 21 days [2]. Hotel nights are paid up to 120 euros [1]."
    outcome = attribute(answer, SOURCES, evidence(), EMBED.passages, PAGES)
    assert [(c.source, c.document, c.page) for c in outcome.citations] == [(1, "returns.pdf", 2), (2, "travel.pdf", 1)]
    assert outcome.unsupported == ()
    first = outcome.citations[0]
    assert first.quote == "Refurbished articles may be returned within 21 days."
    assert first.start == 100 + RETURNS.index("Refurbished")
    assert first.end == first.start + len(first.quote)
    assert "[" not in outcome.text


def test_every_citation_points_at_the_sentence_it_supports() -> None:
    outcome = attribute("Meals are paid up to 38 euros a day.", SOURCES, evidence(), EMBED.passages, PAGES)
    span = outcome.citations[0].sentence
    assert outcome.text[span.start : span.end] == "Meals are paid up to 38 euros a day."


def test_a_wrong_number_has_no_support() -> None:
    outcome = attribute("Hotel nights are paid up to 999 euros.", SOURCES, evidence(), EMBED.passages, PAGES)
    assert outcome.citations == ()
    assert outcome.unsupported == (Unsupported(0, 38, ("999",)),)


def test_a_wrong_name_has_no_support() -> None:
    outcome = attribute("Hotel nights in Porto are paid up to 120 euros.", SOURCES, evidence(), EMBED.passages, PAGES)
    assert outcome.citations == ()
    assert outcome.unsupported == (Unsupported(0, 47, ("Porto",)),)


def test_a_sentence_written_from_two_that_stand_together_is_cited_to_both() -> None:
    claim = "Hotel nights are paid up to 120 euros a day and meals up to 38."
    outcome = attribute(claim, SOURCES, evidence(), EMBED.passages, PAGES)
    cited = outcome.citations[0]
    assert (cited.source, cited.start, cited.end, cited.quote) == (2, 0, len(TRAVEL), TRAVEL)


def test_neighbours_in_another_source_are_no_neighbours() -> None:
    claim = "Refurbished articles may be returned within 21 days and hotel nights are paid up to 120 euros."
    outcome = attribute(claim, SOURCES, evidence(), EMBED.passages, PAGES)
    assert outcome.citations == ()


def test_an_invention_has_no_support() -> None:
    outcome = attribute("The moon is made of cheese.", SOURCES, evidence(), EMBED.passages, PAGES)
    assert outcome.citations == ()
    assert len(outcome.unsupported) == 1


def test_no_source_and_no_answer() -> None:
    nothing = weigh("x", EMBED.queries(["x"])[0], (), EMBED.passages, "minilm")
    assert attribute("Something.", (), nothing, EMBED.passages, Pages({})).citations == ()
    assert attribute("  ", SOURCES, evidence(), EMBED.passages, PAGES).text == ""


def test_printed_marks_are_bounds_checked() -> None:
    assert printed_marks("a [0] b [1] c [2] d [7]", 2) == [1, 2]


def test_quotes_are_the_best_sentences_in_reading_order() -> None:
    found = evidence("How many days may refurbished articles be returned?")
    best = found.passages[quote(found, 1)[0]]
    assert best.text == "Refurbished articles may be returned within 21 days."
    assert quote(found, 3) == sorted(quote(found, 3))
    assert len(quote(found, 2)) <= 2


def test_sentences_that_come_again_are_left_out() -> None:
    text = "It boils fast. It costs 12 euros.\nIt boils  fast. It costs 12 euros. It is red."
    assert without_repeats(text) == "It boils fast. It costs 12 euros. It is red."
    assert without_repeats("") == ""


def test_a_few_words_are_compared_behind_the_question() -> None:
    question = "How many days may refurbished articles be returned?"
    outcome = attribute("21 days [1]", SOURCES, evidence(question), EMBED.passages, PAGES, question)
    (behind,) = outcome.citations
    (alone,) = attribute("21 days", SOURCES, evidence(question), EMBED.passages, PAGES).citations
    assert behind.quote == "Refurbished articles may be returned within 21 days."
    assert behind.support > alone.support + 0.1


def test_what_is_covered_is_no_evidence_and_what_follows_keeps_its_place() -> None:
    sources = (source(1, "Salaries go to:\n\n█████ ████ ████ ██\n\nMeals are paid up to 38 euros a day.", start=50),)
    found = weigh("meals paid", EMBED.queries(["meals paid"])[0], sources, EMBED.passages, "minilm")
    assert [passage.text for passage in found.passages] == ["Salaries go to:", "Meals are paid up to 38 euros a day."]
    assert found.passages[1].span.start == 50 + sources[0].text.index("Meals")
    assert found.vectors.shape[0] == len(found.relevance) == 2
    assert 0 < found.covered < 1
    assert not found.only_covered
    outcome = attribute("Meals are paid up to 38 euros a day.", sources, found, EMBED.passages, PAGES)
    assert outcome.citations[0].start == found.passages[1].span.start


def test_where_all_is_covered_nothing_is_evidence() -> None:
    sources = (source(1, "A██ ████ | D███ ████ ████ ████\nB██ ████ | D███ ████ ████ ████"),)
    found = weigh("account", EMBED.queries(["account"])[0], sources, EMBED.passages, "minilm")
    assert found.passages == ()
    assert found.only_covered
    assert quote(found, 3) == []


def test_a_sentence_of_which_a_part_is_covered_is_evidence() -> None:
    sources = (source(1, "Refunds of the lamp go to the account D███ ████ ████ within ten days."),)
    found = weigh("refunds", EMBED.queries(["refunds"])[0], sources, EMBED.passages, "minilm")
    assert (len(found.passages), found.covered) == (1, 0.0)


def test_covers_that_a_model_copies_become_one_mark_without_support() -> None:
    text = "Meals are paid up to 38 euros a day. The account is D███ ████ ████, ████.\n█████ ████\n█████ ████"
    outcome = attribute(text, SOURCES, evidence(), EMBED.passages, PAGES, copies_covers=True)
    assert outcome.text.startswith("Meals are paid up to 38 euros a day. The account is D█")
    assert outcome.text.count("█") == 1
    assert [citation.quote for citation in outcome.citations] == ["Meals are paid up to 38 euros a day."]
    (doubt,) = outcome.unsupported
    assert outcome.text[doubt.start : doubt.end].startswith("The account is D█")
