"""Published test values, from Public Health England's package and from recalculations of them, come out of the public functions."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.analysis.estimate import Estimate
from pipelines.analysis.inequality import SlopeIndex, error_on_scale, slope_index_phe, slope_index_scotpho
from pipelines.analysis.intervals import byar_limits, mean, proportion, rate
from pipelines.analysis.standardisation import ESP_2013, directly_standardised_rate, indirectly_standardised_ratio
from tests import REPOSITORY

REFERENCE = REPOSITORY.parent / "shared" / "reference"
pytestmark = pytest.mark.skipif(not REFERENCE.is_dir(), reason=f"{REFERENCE} is not there")
Row = dict[str, str]
EXACT = 1e-8


def rows(name: str) -> list[Row]:
    if not REFERENCE.is_dir():
        return []
    with (REFERENCE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def number(text: str) -> float | None:
    return None if text in ("", "NA") else float(text)


def numbers(of: list[Row], name: str) -> list[float]:
    """A column; what is left blank in it is nothing."""
    return [number(row[name]) or 0 for row in of]


def assert_limits(row: Row, at: Callable[[float], Estimate], scale: float = 1) -> None:
    """The value and both intervals that a row of expected values has."""
    for confidence, ends in ((0.95, ("lower95_0cl", "upper95_0cl")), (0.998, ("lower99_8cl", "upper99_8cl"))):
        found = at(confidence)
        assert found.lower is not None and found.upper is not None
        for got, expected in ((found.value, row["value"]), (found.lower, row[ends[0]]), (found.upper, row[ends[1]])):
            if expected:
                assert got * scale == pytest.approx(float(expected), rel=EXACT, abs=EXACT)


def test_the_standard_population() -> None:
    assert [(row["age_band"], int(row["esp2013"])) for row in rows("esp2013")] == list(ESP_2013.items())
    assert sum(ESP_2013.values()) == 100_000


@pytest.mark.parametrize("row", rows("phe_byars_wilson"), ids=lambda row: f"{row['method']} {row['x']}")
def test_byar_and_wilson(row: Row) -> None:
    confidence = float(row["confidence"].rstrip("%")) / 100
    x = float(row["x"])
    if row["method"] == "Byars":
        limits = byar_limits(x, confidence)
    else:
        found = proportion(x, float(row["n"]), confidence)
        assert found.lower is not None and found.upper is not None
        limits = (found.lower, found.upper)
    assert limits == pytest.approx((float(row["lowercl"]), float(row["uppercl"])), rel=EXACT)


@pytest.mark.parametrize(
    "row", [row for row in rows("phe_rate_expected") if number(row["value"]) is not None], ids=lambda row: row["Area"]
)
def test_rates(row: Row) -> None:
    assert_limits(row, lambda c: rate(float(row["Numerator"]), float(row["Denominator"]), c), float(row["multiplier"]))


@pytest.mark.parametrize(
    "row", [row for row in rows("phe_proportion_expected") if number(row["value"]) is not None], ids=lambda row: row["Area"]
)
def test_proportions(row: Row) -> None:
    assert_limits(row, lambda c: proportion(float(row["Numerator"]), float(row["Denominator"]), c), float(row["multiplier"]))


@pytest.mark.parametrize("row", rows("phe_mean_expected"), ids=lambda row: row["area"])
def test_means(row: Row) -> None:
    values = [float(r["values"]) for r in rows("phe_mean_inputs") if row["area"] in (r["area"], "No grouping")]
    assert_limits(row, lambda c: mean(values, c))


def dsr_inputs(area: str) -> tuple[list[Row], str, list[float] | None]:
    """The ages of an area, the name of its weights, and the variances of its counts where events are not independent."""
    if area.endswith("1976"):
        return rows("phe_dsr_inputs_esp1976"), "esp1976", None
    if "nonind" in area:
        found = [row for row in rows("phe_dsr_nonindependent_inputs") if row["area"] == area]
        times = [(f"persons_{k}_event{'s' if k > 1 else ''}", k) for k in range(1, 5)]
        return found, "esp2013", [sum(k**2 * (number(row[name]) or 0) for name, k in times) for row in found]
    return [row for row in rows("phe_dsr_inputs") if row["area"] == area], "esp2013", None


@pytest.mark.parametrize("row", rows("phe_dsr_expected"), ids=lambda row: f"{row['area']} per {row['multiplier']}")
def test_directly_standardised_rates(row: Row) -> None:
    ages, weights, variances = dsr_inputs(row["area"])

    def at(confidence: float) -> Estimate | None:
        return directly_standardised_rate(
            numbers(ages, "count"), numbers(ages, "pop"), numbers(ages, weights), confidence, variances
        )

    if number(row["value"]) is None:
        assert at(0.95) is None
        return
    assert at(0.95) is not None
    assert_limits(row, lambda c: at(c) or Estimate(0), float(row["multiplier"]))


@pytest.mark.parametrize("row", rows("phe_isr_expected"), ids=lambda row: f"{row['area']} {row['statistic']}")
def test_indirectly_standardised_ratios(row: Row) -> None:
    ages = [r for r in rows("phe_isr_inputs") if r["area"] == row["area"]]
    populations, counts, of = (numbers(ages, name) for name in ("pop", "refcount", "refpop"))
    if not ages:
        populations, counts, of = [1.0], [float(row["expected"])], [1.0]
    observed = float(row["observed"])
    told_at = float(row["value"]) / indirectly_standardised_ratio(observed, populations, counts, of).value
    assert_limits(row, lambda c: indirectly_standardised_ratio(observed, populations, counts, of, c), told_at)
    # The ratio is told as a rate at that of the reference, a head, a thousand or a hundred thousand, or times 1 or 100.
    rate_of_reference = number(row["ref_rate"])
    assert told_at == pytest.approx(rate_of_reference or round(told_at), rel=EXACT)


TRANSFORM = {"0": None, "1": "log", "2": "logit"}


def slope_of(row: Row) -> tuple[SlopeIndex, SlopeIndex]:
    """The slope index of a case in both conventions."""
    groups = [r for r in rows("phe_sii_inputs") if (r["test_id"], r["Area"]) == (row["test_id"], row["area"])]
    groups.sort(key=lambda r: int(r["Quantile"]))
    values, populations = numbers(groups, "Value"), numbers(groups, "Population")
    scale, transform = TRANSFORM[row["value_type"]], TRANSFORM[row["value_type"]] if row["transform"] == "True" else None
    errors = [error_of(group, value, scale, transform) for group, value in zip(groups, values, strict=True)]
    confidence = float(row["confidence"]) / 100
    return slope_index_phe(values, populations, errors, transform, confidence), slope_index_scotpho(values, populations)


def error_of(group: Row, value: float, scale: str | None, transform: str | None) -> float:
    """The standard error of a group on the scale of the transform: from its interval where there is one."""
    lower, upper, error = (number(group[name]) for name in ("LowerCL", "UpperCL", "StandardError"))
    if scale is None and error is not None:
        return error
    if lower is None or upper is None:
        assert error is not None
        return error
    found = error_on_scale(lower, upper, scale)
    if transform is None and scale is not None:
        return found * (value if scale == "log" else value * (1 - value))
    return found


SLOPES = rows("phe_sii_expected")


@pytest.mark.parametrize("row", SLOPES, ids=lambda row: f"{row['test_id']} {row['area']}")
def test_slope_indices(row: Row) -> None:
    phe, scotpho = slope_of(row)
    scale = float(row["multiplier"])
    assert phe.slope.value * scale == pytest.approx(float(row["sii_recomputed"]), rel=EXACT)
    assert phe.relative.value ** (1 if scale > 0 else -1) == pytest.approx(float(row["rii_recomputed"]), rel=EXACT)
    for found, name in ((scotpho.slope, "scotpho_sii"), (scotpho.relative, "scotpho_rii")):
        expected = [float(row[f"{name}{end}"]) for end in ("", "_lower", "_upper")]
        assert [found.value, found.lower, found.upper] == pytest.approx(expected, rel=EXACT)


def share_of_width_apart(lower: float | None, upper: float | None, low: str, high: str) -> float:
    """How far an interval is from an expected one, as a share of its width."""
    assert lower is not None and upper is not None
    return max(abs(lower - float(low)), abs(upper - float(high))) / (float(high) - float(low))


@pytest.mark.parametrize("row", SLOPES, ids=lambda row: f"{row['test_id']} {row['area']}")
def test_limits_of_slope_indices_are_near_the_simulated_ones(row: Row) -> None:
    phe, _ = slope_of(row)
    assert phe.slope.lower is not None and phe.slope.upper is not None
    assert phe.relative.lower is not None and phe.relative.upper is not None
    scale = float(row["multiplier"])
    lower, upper = sorted((phe.slope.lower * scale, phe.slope.upper * scale))
    assert share_of_width_apart(lower, upper, row["sii_lower_sim400k"], row["sii_upper_sim400k"]) < 0.02
    ends = sorted(end ** (1 if scale > 0 else -1) for end in (phe.relative.lower, phe.relative.upper))
    assert share_of_width_apart(ends[0], ends[1], row["rii_lower_sim"], row["rii_upper_sim"]) < 0.02


def test_the_reference_is_not_empty() -> None:
    assert len(SLOPES) == 44 and Path(REFERENCE / "phe_dsr_expected.csv").exists()
