"""Turns a paper into one self-contained HTML page.

It does not know which paper it holds and loads nothing from elsewhere.
"""

from __future__ import annotations

from html import escape

from sample_docs.blocks import Grid, Heading, Items, Paper, Para, spans
from sample_docs.brand import (
    ADDRESS,
    ALARM,
    COMPANY,
    COPPER,
    DISCLAIMER,
    GREY,
    INK,
    PAPER,
    RULE,
    TEAL,
    mark_svg,
)

_CSS = f"""
body {{ font: 16px/1.55 Georgia, 'Liberation Serif', serif; color: #{INK}; margin: 0; background: #fff; }}
header, main, footer {{ max-width: 46rem; margin: 0 auto; padding: 0 1.5rem; }}
header {{ display: flex; align-items: center; gap: .8rem; padding-top: 1.4rem; padding-bottom: 1rem;
  border-bottom: 2px solid #{COPPER}; }}
header span {{ font: 600 .95rem/1.2 Helvetica, Arial, sans-serif; letter-spacing: .08em; color: #{TEAL}; }}
h1, h2, h3, th {{ font-family: Helvetica, Arial, sans-serif; color: #{TEAL}; line-height: 1.25; }}
h1 {{ font-size: 2rem; margin: 1.6rem 0 .2rem; }} h2 {{ font-size: 1.25rem; margin: 2rem 0 .5rem; }}
h3 {{ font-size: 1.02rem; margin: 1.4rem 0 .3rem; }}
.meta {{ color: #{GREY}; font: .88rem/1.5 Helvetica, Arial, sans-serif; margin: 0 0 1.6rem; }}
table {{ border-collapse: collapse; width: 100%; font: .9rem/1.4 Helvetica, Arial, sans-serif; margin: 1rem 0; }}
th {{ background: #{TEAL}; color: #fff; text-align: left; }}
th, td {{ padding: .45rem .6rem; border-bottom: 1px solid #{RULE}; vertical-align: top; }}
tr:nth-child(even) td {{ background: #{PAPER}; }}
.note, .warning {{ padding: .7rem 1rem; border-left: 4px solid #{TEAL}; background: #{PAPER}; }}
.warning {{ border-color: #{COPPER}; background: #{ALARM}; }}
footer {{ color: #{GREY}; font: .8rem/1.5 Helvetica, Arial, sans-serif; border-top: 1px solid #{RULE};
  margin-top: 2.5rem; padding-top: .8rem; padding-bottom: 2rem; }}
"""

_TAGS = {"plain": "{}", "bold": "<strong>{}</strong>", "italic": "<em>{}</em>"}


def render_html(paper: Paper) -> bytes:
    """The whole page as UTF-8."""
    meta = paper.meta
    body = "\n".join(_block(block) for block in paper.blocks)
    line = " · ".join(meta[key] for key in ("number", "classification", "dated", "owner"))
    page = f"""<!DOCTYPE html>
<html lang="{meta["language"]}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(meta["title"], quote=False)} | Quillow Works</title>
<style>{_CSS}</style>
</head>
<body>
<header>{mark_svg(44)}<span>QUILLOW WORKS</span></header>
<main>
<h1>{escape(meta["title"], quote=False)}</h1>
<p class="meta">{escape(line, quote=False)}</p>
{body}
</main>
<footer>{COMPANY}, {ADDRESS}. {DISCLAIMER}.</footer>
</body>
</html>
"""
    return page.encode()


def _inline(text: str) -> str:
    return "".join(_TAGS[style].format(escape(piece, quote=False)) for style, piece in spans(text))


def _block(block: object) -> str:
    match block:
        case Heading(level, text):
            return f"<h{level + 1}>{_inline(text)}</h{level + 1}>"
        case Para(text, "plain"):
            return f"<p>{_inline(text)}</p>"
        case Para(text, kind):
            return f'<p class="{kind}">{_inline(text)}</p>'
        case Items(texts, marks):
            tag = "ol" if marks[0] else "ul"
            return f"<{tag}>\n" + "\n".join(f"<li>{_inline(text)}</li>" for text in texts) + f"\n</{tag}>"
        case Grid(_, rows):
            head, *rest = rows
            lines = ["<tr>" + "".join(f"<th>{_inline(cell)}</th>" for cell in head) + "</tr>"]
            lines += ["<tr>" + "".join(f"<td>{_inline(cell)}</td>" for cell in row) + "</tr>" for row in rest]
            return "<table>\n" + "\n".join(lines) + "\n</table>"
    raise ValueError(f"HTML has no form for {block!r}.")
