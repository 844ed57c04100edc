"""The map of localities: drawn where an office has outlines, said where they cannot be drawn, and never in the way of a release."""

import itertools
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.report.boundaries import FILE, NO_BOUNDARIES, Boundaries, outlines, read_boundaries
from tests.conftest import BuildWorld, IrfAt

VERSION = "2025.05.1"


def square(x: float, y: float, size: float = 0.2) -> dict:
    ring = [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]
    return {"type": "Polygon", "coordinates": [ring]}


def features(*names: str) -> list[dict]:
    """Squares side by side, named as the national file of localities names them, beside properties that do not."""
    return [
        {"type": "Feature", "properties": {"FID": n, "HSCPLocali": name, "note": None}, "geometry": square(-3 + 0.3 * n, 56.4)}
        for n, name in enumerate(names)
    ]


def put(reference: Path, content: object) -> None:
    (reference / FILE).write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")


def test_without_a_file_there_is_no_map_and_nothing_to_say(tmp_path: Path) -> None:
    assert read_boundaries(tmp_path) == NO_BOUNDARIES
    assert outlines(NO_BOUNDARIES, ["Angus North"]) == {}


@pytest.mark.parametrize(
    "content",
    ["{", "[]", '{"features": [{"geometry": null}]}', '{"features": [{"geometry": {"type": "Point", "coordinates": [1, 2]}}]}'],
)
def test_what_is_no_geojson_of_polygons_is_said(tmp_path: Path, content: str) -> None:
    put(tmp_path, content)
    assert read_boundaries(tmp_path).problem.startswith(f"No map: reference/{FILE} is no GeoJSON")


def test_metres_of_the_national_grid_are_said(tmp_path: Path) -> None:
    put(tmp_path, {"type": "FeatureCollection", "features": [{"properties": {}, "geometry": square(340_000, 730_000, 5_000)}]})
    assert "is not in degrees" in read_boundaries(tmp_path).problem


def test_the_property_that_names_localities_is_found_and_others_are_left_out() -> None:
    drawn = outlines(
        Boundaries(features("Angus North", "Somewhere Else", "Dundee East")), ["Dundee East", "Angus North", "Perth"]
    )
    assert list(drawn) == ["Angus North", "Dundee East"]


def test_points_nobody_can_see_are_left_out_and_rings_run_as_vega_needs_them() -> None:
    fine = {
        "type": "Polygon",
        "coordinates": [[[-3.00001, 56.4], [-3, 56.40001], [-2.8, 56.4], [-2.8, 56.6], [-3, 56.6], [-3, 56.4]]],
    }
    (ring,) = outlines(Boundaries([{"properties": {"name": "A"}, "geometry": fine}]), ["A"])["A"]["coordinates"][0]
    assert len(ring) == 5 and ring[0] == ring[-1]
    area = sum((b[0] - a[0]) * (b[1] + a[1]) for a, b in itertools.pairwise(ring))
    assert area > 0  # clockwise


def test_the_page_has_the_map_and_its_figures_and_the_same_bytes_again(
    published: BuildWorld, copy_of: Callable[[Path], Path], irf_at: IrfAt
) -> None:
    root = copy_of(published())
    page = root / "reports" / VERSION / "inequality.html"
    before = page.read_text("utf-8")
    assert 'aria-label="Map.' not in before and 'id="localities"' in before
    put(
        root / "reference",
        {"type": "FeatureCollection", "features": features("Dundee East", "Dundee West", "Perth City", "The Ferry")},
    )
    for _ in range(2):
        assert irf_at(root, "report", VERSION, "--no-open")[0] == 0
    drawn = page.read_text("utf-8")
    assert 'aria-label="Map. People of 65 and over cost most a head in' in drawn
    put(root / "reference", "{")
    assert irf_at(root, "report", VERSION, "--no-open")[0] == 0
    assert "No map: reference/boundaries.geojson is no GeoJSON" in page.read_text("utf-8")
    (root / "reference" / FILE).unlink()
    assert irf_at(root, "report", VERSION, "--no-open")[0] == 0
    assert page.read_text("utf-8") == before
