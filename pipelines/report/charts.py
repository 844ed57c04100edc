"""Charts as SVG, made without a browser and without the network, the same bytes each time.

Belongs here: the few shapes that the pages use, their colours and how they adapt to paper and to a dark screen. Does not belong
here: what is drawn. Every chart has its text for who cannot see it; the page shows the same figures in a table. Of nothing there is no chart.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00")
"""Okabe and Ito's, which colour-blind people can tell apart; dark and light take turns, for print in grey."""
WIDTH, BAR, HEIGHT = 420, 26, 200
"""In pixels: the drawing without its labels, a bar with its space, a chart of lines."""
MARGIN = 24
"""Letters on the reader's machine are wider than those that were measured."""
_INK = "currentColor"


def bars(
    rows: Sequence[tuple[str, Decimal]], axis: str, text: str, intervals: Sequence[tuple[Decimal | None, Decimal | None]] = ()
) -> str:
    """Horizontal bars in the order given. axis: what they measure, with the unit. text: the chart in words. intervals: the ends
    of each bar's interval."""
    if not rows:
        return ""
    alt = _altair()
    data = [{"name": name, "value": float(value)} for name, value in rows]
    for row, (lower, upper) in zip(data, intervals, strict=False):
        if lower is not None and upper is not None:
            row |= {"lower": float(lower), "upper": float(upper)}
    names = alt.Y("name:N", sort=[name for name, _ in rows], title=None)
    base = alt.Chart(alt.InlineData(values=data))
    drawn = base.mark_bar(color=COLOURS[0]).encode(y=names, x=alt.X("value:Q", title=axis))
    if intervals:
        drawn = drawn + base.mark_rule(color=_INK, strokeWidth=2).encode(y=names, x="lower:Q", x2="upper:Q")
    return _svg(drawn.properties(width=WIDTH, height=BAR * len(rows)), text)


def stacked_bars(rows: Sequence[tuple[str, Mapping[str, Decimal]]], axis: str, text: str, is_share: bool = False) -> str:
    """Horizontal bars, each in parts by name. is_share: every bar is drawn as a whole of 100 %."""
    if not rows:
        return ""
    alt = _altair()
    parts = list(dict.fromkeys(part for _, of_row in rows for part in of_row))
    data = [
        {"name": name, "part": part, "value": float(value), "order": parts.index(part)}
        for name, of_row in rows
        for part, value in of_row.items()
    ]
    x = alt.X(
        "value:Q", title=axis, stack="normalize" if is_share else True, axis=alt.Axis(format="%") if is_share else alt.Axis()
    )
    drawn = alt.Chart(alt.InlineData(values=data)).mark_bar(stroke="#fff", strokeWidth=1).encode(
        y=alt.Y("name:N", sort=[name for name, _ in rows], title=None), x=x, order="order:O",
        color=alt.Color("part:N", sort=parts, scale=alt.Scale(domain=parts, range=COLOURS[: len(parts)]), title=None),
    )  # fmt: skip
    return _svg(drawn.properties(width=WIDTH, height=BAR * len(rows)), text)


def lines(rows: Sequence[tuple[str, str, Decimal]], axis: str, text: str) -> str:
    """Lines over months. rows: the line's name, the month (YYYY-MM), the value."""
    if not rows:
        return ""
    alt = _altair()
    names = list(dict.fromkeys(name for name, _, _ in rows))
    data = [{"name": name, "month": of_month, "value": float(value)} for name, of_month, value in rows]
    colour = alt.Color("name:N", sort=names, scale=alt.Scale(domain=names, range=COLOURS[: len(names)]), title=None)
    drawn = alt.Chart(alt.InlineData(values=data)).mark_line(point=True, strokeWidth=2).encode(
        x=alt.X("month:O", title=None), y=alt.Y("value:Q", title=axis, scale=alt.Scale(zero=True)), color=colour,
        shape=alt.Shape("name:N", sort=names, legend=None),
    )  # fmt: skip
    return _svg(drawn.properties(width=WIDTH, height=HEIGHT), text)


def area_map(outlines: Mapping[str, Mapping[str, Any]], values: Mapping[str, Decimal], legend: str, text: str) -> str:
    """Areas, the darker the larger their value; an area without one is left white. outlines: GeoJSON geometries by name."""
    if not outlines:
        return ""
    alt = _altair()
    features = [
        {"type": "Feature", "geometry": geometry, "value": float(values[name]) if name in values else None}
        for name, geometry in outlines.items()
    ]
    shade = alt.condition(
        "datum.value == null", alt.value("#ffffff"),
        alt.Color("value:Q", title=legend, scale=alt.Scale(type="quantize", scheme="blues", nice=True)),
    )  # fmt: skip
    drawn = (
        alt.Chart(alt.InlineData(values=features)).mark_geoshape(stroke="#444", strokeWidth=1, invalid=None).encode(color=shade)
    )
    return _svg(drawn.project("mercator").properties(width=WIDTH, height=WIDTH), text)


@dataclass(frozen=True)
class Band:
    """What lies about a line: months (YYYY-MM) with the lower and the upper end. since: the month at which a rule stands."""

    ends: Sequence[tuple[str, Decimal, Decimal]]
    since: str


def lines_about(rows: Sequence[tuple[str, str, Decimal]], band: Band, axis: str, text: str) -> str:
    """Lines over months, with a band about one of them and a rule where something began. rows: as of `lines`."""
    if not rows:
        return ""
    alt = _altair()
    names = list(dict.fromkeys(name for name, _, _ in rows))
    data = [{"name": name, "month": month, "value": float(value)} for name, month, value in rows]
    ends = [{"month": month, "lower": float(lower), "upper": float(upper)} for month, lower, upper in band.ends]
    order = list(dict.fromkeys(month for _, month, _ in rows))
    x = alt.X("month:O", title=None, sort=order)
    colour = alt.Color("name:N", sort=names, scale=alt.Scale(domain=names, range=COLOURS[: len(names)]), title=None)
    about = alt.Chart(alt.InlineData(values=ends)).mark_area(color="#888", opacity=0.3).encode(x=x, y="lower:Q", y2="upper:Q")
    drawn = alt.Chart(alt.InlineData(values=data)).mark_line(point=True, strokeWidth=2).encode(
        x=x, y=alt.Y("value:Q", title=axis, scale=alt.Scale(zero=False)), color=colour,
        strokeDash=alt.StrokeDash("name:N", sort=names, legend=None),
    )  # fmt: skip
    rule = alt.Chart(alt.InlineData(values=[{"month": band.since}])).mark_rule(color=_INK, strokeDash=[4, 4]).encode(x=x)
    return _svg((about + drawn + rule).properties(width=WIDTH, height=HEIGHT), text)


def _altair() -> Any:
    """Altair, without its check of every part of every chart against Vega-Lite's schema, which takes longer than to draw it."""
    import altair
    from altair.utils import schemapi

    schemapi.DEBUG_MODE = False
    return altair


def _svg(chart: Any, text: str) -> str:
    """The chart as SVG that grows and shrinks with the page and takes the colour of its text."""
    import vl_convert

    ink = {"labelColor": _INK, "titleColor": _INK, "labelFontSize": 13, "titleFontSize": 13}
    axis = {
        **ink,
        "domainColor": "#888",
        "tickColor": "#888",
        "gridColor": "#8884",
        "labelLimit": 170,
        "titleFontWeight": "normal",
        "titlePadding": 18,
    }
    styled = chart.configure(background="transparent").configure_view(stroke=None).configure_axis(**axis)
    drawn = vl_convert.vegalite_to_svg(
        styled.configure_legend(**ink, orient="bottom", columns=3, labelLimit=260, columnPadding=40).to_dict(validate=False)
    )
    size = re.match(r'<svg [^>]*?width="([\d.]+)" height="([\d.]+)"', drawn)
    assert size is not None, "vl-convert's SVG begins with its size"
    inside = drawn[drawn.index(">") + 1 :]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{-MARGIN} 0 {float(size[1]) + 2 * MARGIN:.0f} {float(size[2]):.0f}" style="max-width:{float(size[1]) * 1.25:.0f}px" role="img"'
    return f'{head} aria-label="{_attribute(text)}">{_without_roles(inside)}'


def _attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")


def _without_roles(svg: str) -> str:
    """The chart is one picture with one text: its parts are no objects of their own."""
    return re.sub(r' (role|aria-[a-z]+)="[^"]*"', "", svg)
