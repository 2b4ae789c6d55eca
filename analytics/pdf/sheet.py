"""A4 sheets to draw on: letters, colours, and a place that moves down and on to the next page."""

import io
from functools import cache
from pathlib import Path

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = A4
LEFT, TOP, BOTTOM = 42.0, 44.0, 52.0
INSIDE = WIDTH - 2 * LEFT
REGULAR, BOLD = "Inter-Regular", "Inter-SemiBold"
INK, GREY, LINE, TRACK = HexColor(0x1B2433), HexColor(0x667085), HexColor(0xDFE3EA), HexColor(0xEEF0F4)
BLUE, GREEN, WEEKEND = HexColor(0x3D63DD), HexColor(0x009C93), HexColor(0xF6F7F9)
SERIES = (BLUE, GREEN)


@cache
def letters() -> None:
    """Know the fonts of this process."""
    for name in (REGULAR, BOLD):
        pdfmetrics.registerFont(TTFont(name, Path(__file__).parent.parent / "fonts" / f"{name}.ttf"))


def wide(text: str, size: float, font: str = REGULAR) -> float:
    """How much room a text takes, in points."""
    return float(pdfmetrics.stringWidth(text, font, size))


def fitted(text: str, room: float, size: float, font: str = REGULAR) -> str:
    """The text, or as much of its beginning as fits, with an ellipsis."""
    if wide(text, size, font) <= room:
        return text
    while text and wide(f"{text}…", size, font) > room:
        text = text[:-1]
    return f"{text.rstrip()}…"


class Sheet:
    """`y` is where the next thing begins, from the top of the page down; `foot` is written under every page."""

    def __init__(self, *, title: str, author: str, language: str, foot: str) -> None:
        letters()
        self.into = io.BytesIO()
        self.canvas = Canvas(self.into, pagesize=A4, pageCompression=1, lang=language)
        self.canvas.setTitle(title)
        self.canvas.setAuthor(author)
        self.canvas.setCreator("Steward")
        self.foot, self.y, self.page = foot, TOP, 1

    def done(self) -> bytes:
        self._end_page()
        self.canvas.save()
        return self.into.getvalue()

    def _end_page(self) -> None:
        """The foot: what this is, and which page."""
        y = HEIGHT - BOTTOM + 22
        self.line(LEFT, y - 13, LEFT + INSIDE, y - 13)
        self.text(LEFT, y, fitted(self.foot, INSIDE - 40, 7.5), size=7.5, colour=GREY)
        self.text(LEFT + INSIDE, y, str(self.page), size=7.5, colour=GREY, right=True)

    def room(self, height: float) -> bool:
        """Go on to the next page where less than `height` is left; whether it did."""
        if self.y + height <= HEIGHT - BOTTOM:
            return False
        self._end_page()
        self.canvas.showPage()
        self.y, self.page = TOP, self.page + 1
        return True

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 9,
        font: str = REGULAR,
        colour: Color = INK,
        right: bool = False,
    ) -> None:
        """One line; `y` is its ground line, `x` its left edge or, `right`, its right one."""
        self.canvas.setFont(font, size)
        self.canvas.setFillColor(colour)
        draw = self.canvas.drawRightString if right else self.canvas.drawString
        draw(x, HEIGHT - y, text)

    def line(self, x1: float, y1: float, x2: float, y2: float, *, colour: Color = LINE, width: float = 0.6) -> None:
        self.canvas.setStrokeColor(colour)
        self.canvas.setLineWidth(width)
        self.canvas.line(x1, HEIGHT - y1, x2, HEIGHT - y2)

    def box(self, x: float, y: float, width: float, height: float, *, fill: Color | None, round_: float = 0) -> None:
        """A filled box, or where `fill` is None the outline of one. `y` is its upper edge."""
        if fill is not None:
            self.canvas.setFillColor(fill)
        self.canvas.roundRect(
            x, HEIGHT - y - height, width, height, round_, stroke=int(fill is None), fill=int(fill is not None)
        )

    def outline(
        self, x: float, y: float, width: float, height: float, *, colour: Color = LINE, round_: float = 6
    ) -> None:
        self.canvas.setStrokeColor(colour)
        self.canvas.setLineWidth(0.8)
        self.box(x, y, width, height, fill=None, round_=round_)

    def path(self, points: list[tuple[float, float]], *, colour: Color, width: float) -> None:
        """An open line through points."""
        drawn = self.canvas.beginPath()
        drawn.moveTo(points[0][0], HEIGHT - points[0][1])
        for x, y in points[1:]:
            drawn.lineTo(x, HEIGHT - y)
        self.canvas.setStrokeColor(colour)
        self.canvas.setLineWidth(width)
        self.canvas.setLineJoin(1)
        self.canvas.setLineCap(1)
        self.canvas.drawPath(drawn, stroke=1, fill=0)

    def bar(self, x: float, y: float, width: float, share: float, *, colour: Color = BLUE) -> None:
        """A share of 0 to 1 as a bar on its track."""
        self.box(x, y, width, 3.2, fill=TRACK, round_=1.6)
        if share > 0:
            self.box(x, y, max(3.2, width * min(share, 1)), 3.2, fill=colour, round_=1.6)
