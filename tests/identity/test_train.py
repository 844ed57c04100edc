"""Training counts the true matches of a case, and the committed model fits the comparisons."""

from pathlib import Path
from typing import Any

from pipelines.identity.learning import train
from pipelines.identity.learning.case import read_case
from pipelines.identity.linking import model as frozen
from pipelines.identity.linking import posterior
from pipelines.identity.linking.comparisons import COMPARISONS
from tests.identity.cases import write_case


def test_training_counts_true_pairs(tmp_path: Path) -> None:
    case = read_case(write_case(tmp_path))
    model = train.train({"careful": [case], "poor": [case], "typed": [case]})
    surname = next(part for part in model["splink"]["comparisons"] if part["output_column_name"] == "surname")
    m = {level["label_for_charts"]: level.get("m_probability") for level in surname["comparison_levels"]}
    assert m["alike"] > 0.98
    assert m["same"] < 0.01


def test_the_committed_model_fits_the_comparisons() -> None:
    model: dict[str, Any] = frozen.load_model()
    levels = {
        part["output_column_name"]: [level["sql_condition"] for level in part["comparison_levels"]]
        for part in model["splink"]["comparisons"]
    }
    assert levels == {name: [level.condition for level in levels] for name, levels in COMPARISONS.items()}
    for shares in model["kinds"].values():
        assert {name: len(share) + 1 for name, share in shares.items()} == {name: len(x) for name, x in COMPARISONS.items()}
    assert set(model["kinds"]) < set(posterior.PSEUDO_COUNTS)
