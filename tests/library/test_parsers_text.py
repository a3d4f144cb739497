"""Text, Markdown, HTML, CSV, e-mail and JSON: literal texts and offsets."""

import pytest

from core.errors import DamagedFile, NoText
from core.types import Span, Table
from tests.library.making import headings, rows


def test_text_keeps_paragraphs_and_drops_the_byte_order_mark(parse, write):
    parsed = parse(write("a.txt", b"\xef\xbb\xbfOne\r\nline\r\n\r\n\r\nTwo\n"))
    assert parsed.text == "One\nline\n\nTwo"
    assert parsed.media_type == "text/plain"
    assert [(p.start, p.end) for p in parsed.pages] == [(0, 13)]


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [("utf-8", b""), ("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff"), ("utf-16-le", b""), ("cp1252", b"")],
)
def test_encodings(parse, write, encoding, mark):
    text = "Die Prüfung dauerte für Händler höchstens fünf Tage. " * 3
    assert parse(write("a.txt", mark + text.encode(encoding))).text == text.strip()


def test_cyrillic_code_page(parse, write):
    text = "Возврат товара возможен в течение сорока пяти дней после получения посылки покупателем. " * 4
    assert parse(write("a.txt", text.encode("cp1251"))).text == text.strip()


def test_a_file_that_mixes_encodings_is_read_line_by_line(parse, write):
    data = "Größe\nnaïve\nÜber\n".encode() + "Straße".encode("cp1252")
    assert parse(write("a.txt", data)).text == "Größe\nnaïve\nÜber\nStraße"


def test_control_characters_become_blanks_and_invisible_ones_stay(parse, write):
    parsed = parse(write("a.txt", "a\x01b\x0bc zero\u200bwidth \u202edlrow\u202c tab\there"))
    assert parsed.text == "a b c zero\u200bwidth \u202edlrow\u202c tab\there"


def test_right_to_left_text_keeps_its_order(parse, write):
    assert parse(write("a.txt", "שלום עולם\n\nمرحبا بالعالم")).text == "שלום עולם\n\nمرحبا بالعالم"


def test_composed_and_decomposed_letters_stay_as_they_are(parse, write):
    assert parse(write("a.txt", "e\u0301 é")).text == "e\u0301 é"


def test_white_space_alone_is_no_text(parse, write):
    with pytest.raises(NoText, match=r"'a\.txt' holds no text\."):
        parse(write("a.txt", " \n\t\n "))


MARKDOWN = """---
title: Travel
---
# Travel *policy* #

A wrapped
line with **bold**, `a_b*c`, [a link](https://x.example/(y)) and ![a picture](p.png).
<!-- hidden -->
Second
------

- one
  goes on
- [x] two
    1. inner

| Item | Price |
|------|------:|
| Tea \\| green | 1.99 |
| Milk |  |

```python
# no heading
```
"""


def test_markdown(parse, write):
    parsed = parse(write("a.md", MARKDOWN))
    assert parsed.text == (
        "title: Travel\n\nTravel policy\n\n"
        "A wrapped line with bold, a_b*c, a link and a picture.\n\nSecond\n\n"
        "- one goes on\n- ☒ two\n    1. inner\n\n"
        "Item: Tea | green | Price: 1.99\nItem: Milk\n\n# no heading"
    )
    assert headings(parsed) == [(1, "Travel policy"), (2, "Second")]
    assert rows(parsed) == [["Item: Tea | green | Price: 1.99", "Item: Milk"]]


@pytest.mark.parametrize(
    "hostile", ["[" * 50_000, "*" * 50_000, "![](" * 20_000, "`" * 40_001, "<a " * 30_000, "| - " * 20_000]
)
def test_hostile_markdown_takes_no_time(parse, write, hostile):
    parse(write("a.md", "Text\n\n" + hostile))


HTML = b"""<!doctype html><html><head><title>T</title><meta charset="iso-8859-1"><style>p{}</style></head><body>
<h1>Gr\xfc\xdfe</h1><script>alert('x')</script><p>One &amp; <b>two</b><br>three   four</p><!-- comment -->
<template><p>hidden</p></template><ul><li>a<li>b<ul><li>c</ul></ul><ol start="3"><li>d</ol>
<table><tr><th>Item</th><th>Price</th></tr><tr><td rowspan=2>Tea</td><td>1<br>99</td></tr><tr><td>2</td></tr></table>
<pre>x
  y</pre><a href="javascript:x">link</a></body></html>"""


def test_html(parse, write):
    parsed = parse(write("a.html", HTML))
    assert parsed.text == (
        "Grüße\n\nOne & two\nthree four\n\n- a\n- b\n  - c\n3. d\n\n"
        "Item: Tea | Price: 1 99\nItem: Tea | Price: 2\n\nx\n  y\n\nlink"
    )
    assert headings(parsed) == [(1, "Grüße")]
    start = parsed.text.index("Item")
    assert parsed.tables == (Table(start, start + 44, (Span(start, start + 23), Span(start + 24, start + 44))),)


def test_nested_html_is_read_or_refused_but_never_cut(parse, write):
    nested = "<html><body>{}deep{}<p>after"
    assert parse(write("a.html", nested.format("<div>" * 1500, "</div>" * 1500))).text == "deep\n\nafter"
    with pytest.raises(DamagedFile, match=r"'b\.html' is nested too deeply"):
        parse(write("b.html", nested.format("<div>" * 200_000, "</div>" * 200_000)))


def test_entities_of_html_are_not_expanded(parse, write):
    bomb = '<!DOCTYPE html [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><html><body><p>x &b; y</p></body></html>'
    assert "aaaaaaaa" not in parse(write("a.html", bomb)).text


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_delimiters(parse, write, delimiter):
    content = f'Name{delimiter}Sum\n"A{delimiter} B"{delimiter}3,50\n"two\nlines"{delimiter}4\n'.replace(
        "3,50", '"3,50"' if delimiter == "," else "3,50"
    )
    parsed = parse(write("a.csv", content))
    assert rows(parsed) == [[f"Name: A{' ' if delimiter == chr(9) else delimiter} B | Sum: 3,50".replace("  ", " "),
                             "Name: two lines | Sum: 4"]]  # fmt: skip


def test_ragged_csv_survives(parse, write):
    parsed = parse(write("a.csv", "Team,City\nBlues,STL,extra\nFlyers\n\nLeafs,TOR\n"))
    assert rows(parsed) == [["Team: Blues | City: STL | extra", "Team: Flyers", "Team: Leafs | City: TOR"]]


def test_csv_without_a_header_keeps_its_first_row(parse, write):
    assert rows(parse(write("a.csv", "1,2\n3,4\n"))) == [["1 | 2", "3 | 4"]]


def test_a_title_above_a_csv_table_is_a_paragraph(parse, write):
    parsed = parse(write("a.csv", "Cups,,\nTeam,City,Cups\nBlues,STL,1\n"))
    assert parsed.text == "Cups\n\nTeam: Blues | City: STL | Cups: 1"


MAIL = b"""From: =?utf-8?q?J=C3=B6rg?= <j@x.example>
To: a@x.example
Subject: Battery =?utf-8?b?QkwtMTE=?=
Date: Tue, 8 Sep 2026 10:00:00 +0000
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=B

--B
Content-Type: multipart/alternative; boundary=C

--C
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Sch=F6ne Gr=FC=DFe

Second paragraph
--C
Content-Type: text/html

<p>Not this</p>
--C--
--B
Content-Type: application/pdf; name="price.pdf"
Content-Disposition: attachment; filename="price.pdf"
Content-Transfer-Encoding: base64

JVBERi0=
--B--
"""


def test_email(parse, write):
    parsed = parse(write("a.eml", MAIL))
    assert parsed.text == (
        "Subject: Battery BL-11\nFrom: Jörg <j@x.example>\nTo: a@x.example\n"
        "Date: Tue, 08 Sep 2026 10:00:00 +0000\n\nSchöne Grüße\n\nSecond paragraph"
    )
    assert parsed.notes == ("attachments were not read: 'price.pdf'",)


def test_email_with_html_only(parse, write):
    mail = b"Subject: x\nFrom: a@x.example\nContent-Type: text/html\n\n<p>Hello <b>you</b></p><script>no</script>"
    assert parse(write("a.eml", mail)).text == "Subject: x\nFrom: a@x.example\n\nHello you"


def test_json(parse, write):
    parsed = parse(
        write("a.json", '{"name": "Tea", "price": 1.10, "tags": ["hot", "green"], "of": {"n": [{"a": true}]}}')
    )
    assert parsed.text == "name: Tea\nprice: 1.10\ntags: hot, green\nof.n[1].a: true"


def test_json_lines(parse, write):
    parsed = parse(write("a.jsonl", '{"id": 1, "q": "x"}\n\n{"id": 2, "q": "y"}\n'))
    assert parsed.text == "id: 1\nq: x\n\nid: 2\nq: y"


def test_broken_json_says_where(parse, write):
    with pytest.raises(DamagedFile, match=r"'a\.json' is damaged: it is not valid JSON \(line 1, column 9\)\."):
        parse(write("a.json", '{"a": 1 "b": 2}'))


def test_deep_json_is_refused(parse, write):
    with pytest.raises(DamagedFile, match="nested too deeply"):
        parse(write("a.json", "[" * 200_000 + "1" + "]" * 200_000))
