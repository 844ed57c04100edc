"""The outlines of localities, from `reference/boundaries.geojson`, where an office has put it there.

Belongs here: reading it and finding which outline is of which locality. Does not belong here: drawing (`charts.py`).
"""

import itertools
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = "boundaries.geojson"
DIGITS = 3
"""Of a degree: about 100 metres, finer than a page shows."""


@dataclass(frozen=True)
class Boundaries:
    """features: of GeoJSON, in degrees. problem: in words, why the file that is there cannot be drawn; empty where it can be."""

    features: Sequence[Mapping[str, Any]] = ()
    problem: str = ""


NO_BOUNDARIES = Boundaries()


def read_boundaries(reference: Path) -> Boundaries:
    """The outlines in a folder of reference tables. A file that cannot be drawn keeps no release back: the page says why."""
    path = reference / FILE
    if not path.is_file():
        return NO_BOUNDARIES
    try:
        features = json.loads(path.read_text("utf-8-sig"))["features"]
        points = [point for feature in features for point in _points(feature["geometry"])]
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return Boundaries(problem=f"No map: reference/{FILE} is no GeoJSON FeatureCollection of polygons.")
    if any(not -180 <= x <= 180 or not -90 <= y <= 90 for x, y in points):
        return Boundaries(problem=f"No map: reference/{FILE} is not in degrees; export it in WGS 84 (EPSG:4326).")
    return Boundaries(features)


def outlines(boundaries: Boundaries, names: Collection[str]) -> dict[str, dict[str, Any]]:
    """Of each locality that has one its outline, thinned. The property that names it is the one with the most of the names."""
    features = boundaries.features
    properties = sorted({name for feature in features for name in feature.get("properties") or {}})
    named = {name: [str((feature.get("properties") or {}).get(name)) for feature in features] for name in properties}
    best = max(properties, key=lambda name: len(set(named[name]) & set(names)), default=None)
    if best is None:
        return {}
    found = {name: _thinned(feature["geometry"]) for name, feature in zip(named[best], features, strict=True) if name in names}
    return dict(sorted(found.items()))


def _points(geometry: Mapping[str, Any]) -> list[tuple[float, float]]:
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return [(float(point[0]), float(point[1])) for polygon in polygons for ring in polygon for point in ring]


def _thinned(geometry: Mapping[str, Any]) -> dict[str, Any]:
    """The outline without points that are no further apart than can be seen. A ring that is too small to be seen is left out."""
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    drawn = [[ring for ring in map(_thinned_ring, polygon) if len(ring) > 3] for polygon in polygons]
    return {"type": "MultiPolygon", "coordinates": [polygon for polygon in drawn if polygon]}


def _thinned_ring(ring: list[list[float]]) -> list[list[float]]:
    rounded = [[round(point[0], DIGITS), round(point[1], DIGITS)] for point in ring]
    kept = [point for at, point in enumerate(rounded) if at == 0 or point != rounded[at - 1]]
    # Vega takes a ring that runs the other way round for all the world but this.
    return kept if _is_clockwise(kept) else kept[::-1]


def _is_clockwise(ring: list[list[float]]) -> bool:
    return sum((b[0] - a[0]) * (b[1] + a[1]) for a, b in itertools.pairwise(ring)) > 0
