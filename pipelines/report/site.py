"""The site of a release: every page, each whole in itself.

Belongs here: which pages there are and writing them. Does not belong here: what a page says (`pages/`).
"""

import json
from collections.abc import Callable
from pathlib import Path

import jinja2
from markupsafe import Markup

from pipelines.engine.shipped import shipped
from pipelines.report.boundaries import NO_BOUNDARIES, Boundaries
from pipelines.report.page import Page
from pipelines.report.pages import balance, inequality, links, local, made, money, overview, submissions
from pipelines.report.said_of import NOTHING_SAID, Said
from pipelines.report.source import Source, opened_source

MAIN: tuple[Callable[[Source], Page], ...] = (
    overview.page, inequality.page, balance.page, money.page, submissions.page, links.page, made.page,
)  # fmt: skip
"""The pages that the navigation of every page names, in its order; then come those of areas."""
PAGE_MARK = b'<p class="brand">Integrated resources, Tayside <span>release '
"""What every page of every version of the site has: by this one is told from whatever else lies beside it."""
EXPECTATIONS = "expectations/answers.json"
"""What Great Expectations answered, beside the pages."""


def write_site(release: Path, out: Path, said: Said = NOTHING_SAID, boundaries: Boundaries = NO_BOUNDARIES) -> None:
    """Write the pages of a release into a folder that has its `expectations/`.

    said: what people have accepted. The same release, said and boundaries give the same bytes.
    """
    told = out / EXPECTATIONS
    expectations = json.loads(told.read_text("utf-8")) if told.is_file() else []
    with opened_source(release, expectations, said, boundaries) as source:
        main = [page(source) for page in MAIN]
        areas = local.pages(source)
        template = _template()
        for page in (*main, *areas):
            target = out / page.file
            target.parent.mkdir(parents=True, exist_ok=True)
            up = "../" * page.file.count("/")
            target.write_text(template.render(page=page, main=main, areas=areas, up=up, version=source.version), "utf-8")


def rendered(page: Page, version: str) -> str:
    """A page that stands for itself, in the look of the others and without their navigation."""
    return _template().render(page=page, main=(), areas=(), up="", version=version)


def _template() -> jinja2.Template:
    folder = shipped("pipelines") / "report" / "templates"
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    environment.globals["style"] = Markup((folder / "style.css").read_text("utf-8"))
    return environment.get_template("page.html")
