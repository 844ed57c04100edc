"""The Data Docs of a release: Great Expectations' answers as pages an auditor can open anywhere.

Belongs here: pages. Does not belong here: running the suites (`expectations.py`).
Great Expectations' own pages need the network and show sample values. These hold its counts and verdicts, our sentences
and style, and no address, script or value of a record.
"""

import html
from pathlib import Path

from pipelines.quality.expectations import Answer, SuiteResult

STYLE = """body{font-family:sans-serif;max-width:70em;margin:2em auto;padding:0 1em;color:#222;background:#fff}
table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #ccc;padding:.3em;text-align:left;vertical-align:top}
td.count{text-align:right;white-space:nowrap}.met{color:#050}.not-met{color:#900;font-weight:bold}"""


def write_data_docs(results: list[SuiteResult], out: Path, period: str) -> None:
    """Write `index.html` and a page for each table under `out`."""
    out.mkdir(parents=True, exist_ok=True)
    rows = [
        [
            f'<a href="{r.table}.html">{r.table}</a>',
            f"{sum(a.met for a in r.answers)} of {len(r.answers)}",
            _verdict(not r.unmet),
        ]
        for r in results
    ]
    title = f"The published tables beside what is expected of them, {period}"
    _write_page(out / "index.html", title, _table(["table", "expectations met", "verdict"], rows))
    for r in results:
        head = ["expectation", "values checked", "unexpected", "verdict"]
        back = '<p><a href="index.html">All tables</a></p>'
        _write_page(out / f"{r.table}.html", f"{r.table}, {period}", back + _table(head, [_row(a) for a in r.answers]))


def _row(answer: Answer) -> list[str]:
    counts = ["" if n is None else f"{n:,}" for n in (answer.checked, answer.unexpected)]
    return [html.escape(answer.sentence), *counts, _verdict(answer.met)]


def _verdict(met: bool) -> str:
    return '<span class="met">met</span>' if met else '<span class="not-met">not met</span>'


def _table(head: list[str], rows: list[list[str]]) -> str:
    top = "".join(f"<th>{name}</th>" for name in head)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>\n" for row in rows)
    return f"<table>\n<tr>{top}</tr>\n{body}</table>"


def _write_page(path: Path, title: str, body: str) -> None:
    head = f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>{STYLE}</style></head>'
    path.write_text(f"{head}\n<body><h1>{title}</h1>\n{body}</body></html>\n", "utf-8")
