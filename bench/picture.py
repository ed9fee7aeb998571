"""The picture: how far each figure is from its bar and its aim, on one scale for all."""

from collections.abc import Iterable
from html import escape
from math import log2

from bench.figures import Figure, number

WIDTH, LEFT, RIGHT, LINE, TOP = 1000, 430, 130, 26, 64
DOUBLINGS = 3.0
"""The scale: from an eighth of the aim to twice of it, by doublings."""
COLOURS = {"aim": "#0f8a7e", "bar": "#d99a1c", "UNDER": "#c4432b"}


def svg(figures: Iterable[Figure], title: str) -> str:
    """Those figures that have an aim, each as a bar that grows towards it."""
    judged = [figure for figure in figures if figure.aim is not None]
    height = TOP + LINE * len(judged) + 24
    aim = _x(0.0)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" '
        'font-size="12">',
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        _text(16, 26, title, size=16),
        _text(LEFT, 48, "an eighth of the aim", fill="#777"),
        _text(aim, 48, "the aim", anchor="middle"),
        _text(WIDTH - 16, 26, "dashed: the bar", anchor="end", fill="#777"),
        f'<line x1="{aim:.0f}" x2="{aim:.0f}" y1="54" y2="{height - 16}" stroke="#222"/>',
        *(_bar(figure, TOP + LINE * place) for place, figure in enumerate(judged)),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _bar(figure: Figure, y: int) -> str:
    end = _x(_doublings(figure, figure.value))
    parts = [
        _text(LEFT - 10, y + 15, figure.what, anchor="end"),
        f'<rect x="{LEFT}" y="{y + 3}" width="{end - LEFT:.1f}" height="16" rx="2" fill="{COLOURS[figure.verdict]}"/>',
        _text(WIDTH - 16, y + 15, f"{number(figure.value)} {figure.unit}".strip(), anchor="end"),
    ]
    if figure.bar is not None:
        mark = _x(_doublings(figure, figure.bar))
        parts.append(
            f'<line x1="{mark:.1f}" x2="{mark:.1f}" y1="{y}" y2="{y + 22}" stroke="#222" stroke-dasharray="3 2"/>'
        )
    return "\n".join(parts)


def _doublings(figure: Figure, value: float) -> float:
    """How many times `value` would have to be halved to be the aim; less than none where it falls short."""
    if not value or not figure.aim:
        return -DOUBLINGS
    return log2(figure.aim / value if figure.less_is_better else value / figure.aim)


def _x(doublings: float) -> float:
    share = (min(max(doublings, -DOUBLINGS), 1.0) + DOUBLINGS) / (DOUBLINGS + 1)
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _text(x: float, y: float, words: str, *, anchor: str = "start", fill: str = "#222", size: int = 12) -> str:
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" fill="{fill}" font-size="{size}">{escape(words)}</text>'
    )
