"""A linkage case: a register, clients, and the truth of who is who, as a folder of files.

Belongs here: reading such a folder as if it were a register and a clients feed; only column names are mapped. Does not belong
here: linking (`linking/`), measuring (`benchmark.py`), training (`train.py`).

CASE_DIR holds register.parquet and clients.parquet (rid, given, middle, surname, dob, sex, postcode, addr, idnum; all text, dob
in ISO form; every column but rid may be missing) and truth.parquet (client_rid, register_rid). With twins.parquet (client_rid:
the clients who have a twin), the false links for twins are counted apart. `idnum` is taken for the CHI number where it is a
valid one and no two people of the register have it. Any other number is left out, as a refresh has no column for it.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from schemas import chi

AGENCY = "case"
COLUMNS = {
    "given": "forename",
    "middle": "middle_name",
    "surname": "surname",
    "dob": "date_of_birth",
    "sex": "sex",
    "postcode": "postcode",
    "addr": "address",
}


@dataclass(frozen=True)
class Case:
    """A case as the linkage takes it.

    truth: pairs of social_care_id and the true chi_number; a client has several where the register has a person twice.
    twins: the social_care_id of every client who has a twin; None where the case does not say.
    """

    register: pa.Table
    clients: pa.Table
    truth: set[tuple[str, str]]
    twins: list[str] | None


def read_case(folder: Path) -> Case:
    """Read a case folder."""
    register, clients = (pq.read_table(folder / f"{name}.parquet") for name in ("register", "clients"))
    rids = register["rid"].cast(pa.string()).combine_chunks()
    numbers = _numbers(register, rids)
    of_rid = dict(zip(rids.to_pylist(), numbers.to_pylist(), strict=True))
    truth = pq.read_table(folder / "truth.parquet", columns=["client_rid", "register_rid"]).cast(
        pa.schema([("client_rid", pa.string()), ("register_rid", pa.string())])
    )
    pairs = zip(truth["client_rid"].to_pylist(), truth["register_rid"].to_pylist(), strict=True)
    # A client whose true person is not in the register has no true pair.
    true_pairs = {(client, of_rid[rid]) for client, rid in pairs if rid in of_rid}
    return Case(_register(register, numbers), _clients(clients), true_pairs, _twins(folder / "twins.parquet"))


def _twins(file: Path) -> list[str] | None:
    return pq.read_table(file)["client_rid"].cast(pa.string()).to_pylist() if file.exists() else None


def _numbers(register: pa.Table, rids: "pa.Array[Any]") -> "pa.Array[Any]":
    """The number of each person of the register: a valid CHI number that nobody else has, or else the id of the record."""
    claimed = _chi_numbers(register).to_pylist()
    times = Counter(claimed)
    return pa.array(
        [number if number and times[number] == 1 else rid for number, rid in zip(claimed, rids.to_pylist(), strict=True)],
        pa.string(),
    )


def _chi_numbers(people: pa.Table) -> "pa.Array[Any]":
    """The valid CHI numbers in `idnum`; NULL for others."""
    if "idnum" not in people.column_names:
        return pa.nulls(people.num_rows, pa.string())
    repaired = chi.repair_array(people["idnum"].cast(pa.string()).combine_chunks())
    valid: pa.Array[Any] = pc.if_else(chi.valid_array(repaired, luhn_allowed=True), repaired, pa.scalar(None, pa.string()))
    return valid


def _register(table: pa.Table, numbers: "pa.Array[Any]") -> pa.Table:
    nothing = pa.nulls(table.num_rows, pa.string())
    return pa.table({"chi_number": numbers, "previous_chi_number": nothing, **_people(table)})


def _clients(table: pa.Table) -> pa.Table:
    number = _chi_numbers(table)
    return pa.table(
        {
            "agency": pa.array([AGENCY] * table.num_rows, pa.string()),
            "social_care_id": table["rid"].cast(pa.string()),
            "chi_number": number,
            "chi_is_valid": pc.is_valid(number),
            **_people(table),
        }
    )


def _people(table: pa.Table) -> dict[str, Any]:
    """Every column by its name in the feeds; a column that the case lacks is NULL for everybody."""
    return {
        ours: table[theirs].cast(pa.string()) if theirs in table.column_names else pa.nulls(table.num_rows, pa.string())
        for theirs, ours in COLUMNS.items()
    }
