"""The house style of the invented company: its names, its colours and the geometry of its mark.

It knows nothing of PDF, Word, slides or HTML; each renderer draws the mark with its own shapes.
"""

from __future__ import annotations

COMPANY = "Quillow Works Ltd"
ADDRESS = "14 Fettlers' Row, Nether Quillow, Marrowmere QW4 0ZZ"
DISCLAIMER = "Quillow Works is an invented company"

TEAL = "1F4B4A"
COPPER = "B8693D"
PAPER = "F5F0E8"
RULE = "D8CFC1"
INK = "23292A"
GREY = "6C7371"
ALARM = "FBEBE3"

# The mark is a beam balance on a field of 100 by 100, y upwards: a disc, a post, a beam and two pans.
MARK_DISC = (50.0, 50.0, 50.0)
MARK_LINES = (
    (50.0, 22.0, 50.0, 76.0),
    (20.0, 66.0, 80.0, 66.0),
    (36.0, 22.0, 64.0, 22.0),
    (24.0, 66.0, 24.0, 48.0),
    (76.0, 66.0, 76.0, 48.0),
)
MARK_PANS = ((12.0, 36.0), (64.0, 88.0))
MARK_PAN_Y = 48.0
MARK_PAN_DEPTH = 11.0


def mark_svg(size: int) -> str:
    """The mark as inline SVG."""
    cx, cy, r = MARK_DISC
    lines = "".join(
        f'<line x1="{x1:g}" y1="{100 - y1:g}" x2="{x2:g}" y2="{100 - y2:g}"/>' for x1, y1, x2, y2 in MARK_LINES
    )
    pan_y = 100 - MARK_PAN_Y
    pans = "".join(
        f'<path d="M{a:g} {pan_y:g} Q{(a + b) / 2:g} {pan_y + 2 * MARK_PAN_DEPTH:g} {b:g} {pan_y:g} Z"/>'
        for a, b in MARK_PANS
    )
    return (
        f'<svg width="{size}" height="{size}" viewBox="0 0 100 100" aria-hidden="true">'
        f'<circle cx="{cx:g}" cy="{cy:g}" r="{r:g}" fill="#{TEAL}"/>'
        f'<g stroke="#{PAPER}" stroke-width="4" stroke-linecap="round">{lines}</g>'
        f'<g fill="#{COPPER}">{pans}</g></svg>'
    )
