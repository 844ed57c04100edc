"""The pages in a real browser: on a phone and a desktop, light and dark, by keyboard, on paper, without a network."""

import base64
import io
import shutil
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pypdf
import pytest
from axe_core_python.selenium import Axe
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.keys import Keys

from pipelines.evaluation.evaluate import evaluate_release
from pipelines.evaluation.page import page_of
from pipelines.report.boundaries import Boundaries
from pipelines.report.site import rendered, write_site
from tests.conftest import BuildWorld
from tests.evaluation.made_release import VERSION as OF_CHANGE
from tests.evaluation.made_release import Drawn, declare, put_places, root_of
from tests.report.test_boundaries import features

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="chromium or chromedriver is not installed")
VERSION = "2025.05.1"
PAGES = ("index.html", "inequality.html", "balance.html", "money.html", "submissions.html", "links.html", "made.html", "local/dundee-city-council.html",
         "local/lochee.html", "test-of-change.html")  # fmt: skip
WIDTHS = (390, 1280)


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(str(DRIVER)))
    try:
        yield driver
    finally:
        driver.quit()


@pytest.fixture(scope="module")
def report(published: BuildWorld, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of a release, with a map, and beside them the page of a test of change, which stands for itself."""
    root = published()
    folder = tmp_path_factory.mktemp("report") / VERSION
    shutil.copytree(root / "reports" / VERSION, folder)
    outlines = features("Lochee", "Perth City", "The Ferry", "Angus North East")
    write_site(root / "releases" / VERSION, folder, boundaries=Boundaries(outlines))
    of_change = root_of(tmp_path_factory.mktemp("of-change"))
    put_places(of_change, Drawn(change=-0.1))
    declare(of_change)
    made = evaluate_release(of_change, of_change.folder("releases") / OF_CHANGE, "more-care-at-home")
    page = rendered(page_of(made.result, made.series, made.first_after), OF_CHANGE)
    (folder / "test-of-change.html").write_text(page, "utf-8")
    return folder


def shown(browser: webdriver.Chrome, page: Path, width: int = 1280, scheme: str = "light") -> None:
    """Open a page at a width and in a colour scheme."""
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
    browser.get(page.as_uri())


def said(browser: webdriver.Chrome) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What the console and the network have said since they were asked last."""
    ask: Callable[[str], list[dict[str, Any]]] = browser.get_log
    return ask("browser"), ask("performance")


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_fits_and_can_be_read_by_everybody(
    browser: webdriver.Chrome, report: Path, name: str, width: int, scheme: str
) -> None:
    said(browser)
    shown(browser, report / name, width, scheme)
    wide, seen = browser.execute_script("return [document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= seen
    assert browser.execute_script("return document.scripts.length") == 0
    found = Axe().run(browser)
    serious = [(v["id"], v["nodes"][0]["html"][:200]) for v in found["violations"] if v["impact"] in ("serious", "critical")]
    assert not serious
    console, network = said(browser)
    assert not [line for line in console if line["level"] == "SEVERE"]
    assert not [line for line in network if '"url":"http' in line["message"]]


def test_a_page_without_scripts_is_the_same(browser: webdriver.Chrome, report: Path) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get((report / "index.html").as_uri())
        assert "Every ledger is accounted for" in browser.page_source
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


@pytest.mark.parametrize("name", ["index.html", "local/lochee.html", "test-of-change.html"])
def test_the_keyboard_reaches_every_link_and_every_wide_table(browser: webdriver.Chrome, report: Path, name: str) -> None:
    shown(browser, report / name)
    browser.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
    wanted = browser.execute_script("return document.querySelectorAll('a[href], summary, [tabindex=\"0\"]').length")
    for _ in range(wanted):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        browser.execute_script("document.activeElement.dataset.reached = 'yes'")
    assert browser.execute_script("return document.querySelectorAll('[data-reached]').length") == wanted


A4_WITHOUT_MARGINS = 688
"""The width of the paper less twice 14 mm, in pixels of 96 to the inch."""
CUT = """
    return [...document.querySelectorAll('h1, h2, p, svg, th, td, caption')]
        .filter(e => e.getClientRects().length && (e.getBoundingClientRect().right > document.documentElement.clientWidth + 1
            || (e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline')))
        .map(e => e.tagName + ' ' + e.textContent.slice(0, 60))
"""
"""What reaches over the edge of the paper, or has more in it than shows."""


def on_paper(browser: webdriver.Chrome, page: Path) -> None:
    """Show a page as it is printed on A4."""
    shown(browser, page, A4_WITHOUT_MARGINS)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print", "features": []})


def printed(browser: webdriver.Chrome) -> pypdf.PdfReader:
    """The page as PDF. The first print of a browser that has just begun may come out empty or fail: it is asked again."""
    for _ in range(5):
        try:
            drawn: dict[str, Any] = browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
        except WebDriverException:
            continue
        reader = pypdf.PdfReader(io.BytesIO(base64.b64decode(drawn["data"])))
        if any(page.extract_text().strip() for page in reader.pages):
            return reader
    raise AssertionError("the page cannot be printed")


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_cut_on_paper(browser: webdriver.Chrome, report: Path, name: str) -> None:
    on_paper(browser, report / name)
    assert browser.execute_script(CUT) == []
    titles = browser.execute_script("return [...document.querySelectorAll('h2, caption')].map(e => e.textContent)")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    text = "".join(page.extract_text() for page in printed(browser).pages)
    on_pages = "".join(unicodedata.normalize("NFKC", text).split())  # letters that are printed as one are two
    assert titles
    assert not [title for title in titles if "".join(title.split()) not in on_pages]


def test_a_table_that_is_wider_than_the_paper_would_be_seen(browser: webdriver.Chrome, tmp_path: Path) -> None:
    page = tmp_path / "wide.html"
    page.write_text(f"<!doctype html><title>x</title><table><tr><td>{'<td>' + 'x' * 200}</table>", "utf-8")
    on_paper(browser, page)
    assert browser.execute_script(CUT)


def test_a_page_that_is_too_wide_and_one_that_cannot_be_read_would_be_seen(browser: webdriver.Chrome, tmp_path: Path) -> None:
    page = tmp_path / "bad.html"
    page.write_text(
        "<!doctype html><html lang='en'><title>x</title><main><h1>x</h1><p style='color:#eee;width:2000px'>pale</p></main>",
        "utf-8",
    )
    shown(browser, page, 390)
    wide, seen = browser.execute_script("return [document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide > seen
    assert {v["id"] for v in Axe().run(browser)["violations"] if v["impact"] == "serious"} == {"color-contrast"}
