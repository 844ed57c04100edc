"""A linkage case: a register, clients and the truth of who is who, as a folder of three files.

Belongs here: reading such a folder as if it were a register and a clients feed. Only column names are mapped.
Does not belong here: linking (link), measuring (benchmark), learning (train).

CASE_DIR holds register.parquet and clients.parquet (rid, given, middle, surname, dob, sex, postcode, addr, idnum; all text,
dob ISO; a column may be missing) and truth.parquet (client_rid, register_rid); twins.parquet (client_rid: clients who have a
twin), where it is there, lets false links be told apart. `idnum` stands for the CHI number where it
is one: where every person of the register has a valid CHI there and no two the same. Another number is not a CHI, and a
refresh has no place for it: it is left out.
"""

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
    """A case as the linkage takes it. `truth` is social_care_id → the true chi_number; several for a double register.

    `twins`: social_care_id of the clients who have a twin; None where the case does not say.
    """

    register: pa.Table
    clients: pa.Table
    truth: set[tuple[str, str]]
    twins: list[str] | None


def read_case(folder: Path) -> Case:
    """Read a case folder."""
    register, clients = (pq.read_table(folder / f"{name}.parquet") for name in ("register", "clients"))
    number = _chi_numbers(register)
    is_chi = number is not None
    if number is None:
        number = register["rid"].cast(pa.string()).combine_chunks()
    of_rid = dict(zip(register["rid"].cast(pa.string()).to_pylist(), number.to_pylist(), strict=True))
    truth = pq.read_table(folder / "truth.parquet", columns=["client_rid", "register_rid"]).cast(
        pa.schema([("client_rid", pa.string()), ("register_rid", pa.string())])
    )
    pairs = zip(truth["client_rid"].to_pylist(), truth["register_rid"].to_pylist(), strict=True)
    true_pairs = {(client, of_rid[rid]) for client, rid in pairs if rid}
    return Case(_register(register, number), _clients(clients, is_chi), true_pairs, _twins(folder / "twins.parquet"))


def _twins(file: Path) -> list[str] | None:
    return pq.read_table(file)["client_rid"].cast(pa.string()).to_pylist() if file.exists() else None


def _chi_numbers(register: pa.Table) -> "pa.Array[Any] | None":
    if "idnum" not in register.column_names:
        return None
    numbers = chi.repair_array(register["idnum"].cast(pa.string()).combine_chunks())
    all_valid = pc.all(chi.valid_array(numbers, luhn_allowed=True)).as_py()
    return numbers if all_valid and pc.count_distinct(numbers).as_py() == register.num_rows else None


def _register(table: pa.Table, number: "pa.Array[Any]") -> pa.Table:
    nothing = pa.nulls(table.num_rows, pa.string())
    return pa.table({"chi_number": number, "previous_chi_number": nothing, **_people(table)})


def _clients(table: pa.Table, is_chi: bool) -> pa.Table:
    number: Any = pa.nulls(table.num_rows, pa.string())
    if is_chi and "idnum" in table.column_names:
        number = chi.repair_array(table["idnum"].cast(pa.string()).combine_chunks())
    return pa.table(
        {
            "agency": pa.array([AGENCY] * table.num_rows, pa.string()),
            "social_care_id": table["rid"].cast(pa.string()),
            "chi_number": number,
            "chi_is_valid": chi.valid_array(number, luhn_allowed=True),
            **_people(table),
        }
    )


def _people(table: pa.Table) -> dict[str, Any]:
    """Every column by its name in the feeds; one that is missing is missing for everybody."""
    return {
        ours: table[theirs].cast(pa.string()) if theirs in table.column_names else pa.nulls(table.num_rows, pa.string())
        for theirs, ours in COLUMNS.items()
    }
