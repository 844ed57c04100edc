"""Where people live: data zones, localities, deprivation, population, postcodes, hospitals.

Belongs here: reading the published files, and the stand-in for them when they are not at hand.
Does not belong here: people. The stand-in has the real zone codes, localities and totals, with invented detail.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from pipelines.synth.draws import Floats, Ints
from pipelines.synth.sheet import number_text
from schemas.codes import EstimateSex

POPULATION_YEAR = 2021
OLDEST = 90
POSTCODES_PER_ZONE = 14
PUBLISHED = {
    "data_zones": "dz2011_codes_and_labels_21042020.csv",
    "localities": "dz2011_to_hscp_locality.csv",
    "simd": "simd2020v2_22062020.csv",
    "population": "tayside_pop_2021_dz2011_sex_age.csv",
}
"""The published file of each reference table."""
BOARD = ("S08000030", "NHS Tayside")
_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
_STAND_IN_SEED = 2011


@dataclass(frozen=True)
class Council:
    """A council area: its codes, its zones, its population and where its postcodes lie."""

    agency: str
    name: str
    code: str
    partnership: str
    first_zone: int
    zones: int
    people: int
    most_deprived: int
    localities: tuple[str, ...]
    districts: tuple[str, ...]


COUNCILS = (
    Council("angus", "Angus", "S12000041", "S37000003", 7129, 155, 116_120, 13,
            ("Angus North East", "Angus North West", "Angus South East", "Angus South West"),
            ("DD7", "DD8", "DD9", "DD10", "DD11")),
    Council("dundee-city", "Dundee City", "S12000042", "S37000007", 7682, 188, 147_720, 72,
            ("Coldside", "Dundee East End", "Dundee North East", "Dundee West End", "Lochee", "Maryfield",
             "Strathmartine", "The Ferry"),
            ("DD1", "DD2", "DD3", "DD4", "DD5")),
    Council("perth-kinross", "Perth and Kinross", "S12000048", "S37000033", 11833, 186, 153_810, 12,
            ("North Perthshire", "Perth City", "South Perthshire"),
            ("PH1", "PH2", "PH3", "PH7", "PH8", "PH10", "PH11", "PH12", "PH13", "PH14")),
)  # fmt: skip


@dataclass(frozen=True)
class Geography:
    """The zones of Tayside in code order, as parallel arrays, and how many live in each by sex and age.

    council: index in COUNCILS. quintile: 1 = most deprived. population[zone, sex (0 male, 1 female), age].
    postcodes: POSTCODES_PER_ZONE for each zone, zone by zone. files: reference tables as bytes.
    """

    zones: tuple[str, ...]
    council: Ints
    quintile: Ints
    population: Ints
    postcodes: tuple[str, ...]
    files: dict[str, bytes]


def load_geography(folder: Path | None) -> Geography:
    """The published geography of `folder`, or the stand-in."""
    files = {name: (folder / file).read_bytes() for name, file in PUBLISHED.items()} if folder else _stand_in()
    return _from_files(files)


def localities(geography: Geography) -> list[str]:
    """The name of each zone's locality."""
    table = _read(geography.files["localities"])
    names = dict(zip(table["DataZone"].to_pylist(), table["SubHSCPName"].to_pylist(), strict=True))
    return [names[zone] for zone in geography.zones]


def with_residents(geography: Geography, zone: Ints, sex: Ints, age: Ints) -> Geography:
    """The geography with a population that is exactly these people, so that costs per head are of them.

    zone: index in the zones. sex: 0 male, 1 female. age: in years.
    """
    people = np.zeros_like(geography.population)
    np.add.at(people, (zone, sex, np.minimum(age, OLDEST)), 1)
    rows = ["Year,DataZone,Sex,Age,Population"]
    for code, here in zip(geography.zones, people, strict=True):
        rows += _population_rows(code, here)
    return replace(geography, population=people, files=geography.files | {"population": ("\n".join(rows) + "\n").encode()})


def _population_rows(zone: str, people: Ints) -> list[str]:
    """people[sex (0 male, 1 female), age] of a zone as rows of the published table."""
    return [
        f"{POPULATION_YEAR},{zone},{name},{age},{n}"
        for sex, name in ((1, "Female"), (0, "Male"))
        for age, n in enumerate(people[sex])
    ]


def _read(content: bytes) -> pa.Table:
    header = content.split(b"\n", 1)[0].decode("utf-8-sig").strip().replace('"', "").split(",")
    as_text = pa_csv.ConvertOptions(column_types=dict.fromkeys(header, pa.string()))
    return pa_csv.read_csv(pa.BufferReader(content), convert_options=as_text)


def _from_files(files: dict[str, bytes]) -> Geography:
    zones = _read(files["data_zones"])
    zones = zones.filter(pc.is_in(zones["CA"], pa.array([c.code for c in COUNCILS]))).sort_by("DataZone")
    names = zones["DataZone"].to_pylist()
    index = {name: i for i, name in enumerate(names)}
    codes = [c.code for c in COUNCILS]
    council = np.array([codes.index(code) for code in zones["CA"].to_pylist()], np.int64)
    simd = _read(files["simd"])
    quintiles = dict(zip(simd["DataZone"].to_pylist(), simd["SIMD2020V2CountryQuintile"].to_pylist(), strict=True))
    return Geography(
        zones=tuple(names),
        council=council,
        quintile=np.array([int(quintiles.get(name) or 3) for name in names], np.int64),
        population=_population(_read(files["population"]), index),
        postcodes=_postcodes(council),
        files=files,
    )


def _population(table: pa.Table, index: dict[str, int]) -> Ints:
    """Total rows are left out."""
    counted = pc.and_(
        pc.is_in(table["Sex"], pa.array([EstimateSex.MALE, EstimateSex.FEMALE])), pc.not_equal(table["Age"], "All")
    )
    table = table.filter(pc.and_(counted, pc.is_in(table["DataZone"], pa.array(list(index)))))
    zone = np.array([index[name] for name in table["DataZone"].to_pylist()], np.int64)
    sex = pc.equal(table["Sex"], "Female").combine_chunks().to_numpy(zero_copy_only=False).astype(np.int64)
    age = np.minimum(table["Age"].cast(pa.int64()).to_numpy(), OLDEST)
    people = np.zeros((len(index), 2, OLDEST + 1), np.int64)
    np.add.at(people, (zone, sex, age), table["Population"].cast(pa.int64()).to_numpy())
    return people


def _postcodes(council: Ints) -> tuple[str, ...]:
    """Invented units in the real districts: neighbouring zones share a district, no postcode comes twice."""
    used: dict[str, int] = {}
    postcodes = []
    for which, here in enumerate(COUNCILS):
        count = int((council == which).sum())
        for zone in range(count):
            district = here.districts[zone * len(here.districts) // count]
            for _ in range(POSTCODES_PER_ZONE):
                serial = used.get(district, 0)
                used[district] = serial + 1
                sector, unit = serial % 9 + 1, serial // 9
                postcodes.append(f"{district} {sector}{_LETTERS[unit // 20]}{_LETTERS[unit % 20]}")
    return tuple(postcodes)


def postcode_directory(geography: Geography) -> bytes:
    """The postcode directory: every postcode in use, and some earlier lives elsewhere."""
    rows = ["Postcode,DateOfIntroduction,DateOfDeletion,DataZone2011Code"]
    for i, postcode in enumerate(geography.postcodes):
        zone = i // POSTCODES_PER_ZONE
        twice = i % 97 == 0
        if twice:
            elsewhere = geography.zones[(zone + 41) % len(geography.zones)]
            rows.append(f"{postcode},1973-08-01,1996-03-31,{elsewhere}")
        rows.append(f"{postcode},{'2004-09-01' if twice else '1973-08-01'},,{geography.zones[zone]}")
    return ("\n".join(rows) + "\n").encode()


def _stand_in() -> dict[str, bytes]:
    rng = np.random.default_rng(_STAND_IN_SEED)
    zones, localities, simd, population = (
        ["DataZone,DataZoneName,IntZone,IntZoneName,CA,CAName,HSCP,HSCPName,HB,HBName,Country"],
        ["DataZone,SubHSCP,SubHSCPName,CA,HSCP,HB,Country"],
        ["DataZone,IntZone,HB,HSCP,CA,SIMD2020V2Rank,SIMD2020V2CountryDecile,SIMD2020V2CountryQuintile"],
        ["Year,DataZone,Sex,Age,Population"],
    )
    ranks = {quintile: list(rng.permutation(1395) + (quintile - 1) * 1395 + 1) for quintile in range(1, 6)}
    for which, here in enumerate(COUNCILS):
        people = _stand_in_people(rng, here)
        quintiles = _stand_in_quintiles(rng, here)
        for i in range(here.zones):
            code = f"S0{1_000_000 + here.first_zone + i}"
            middle = f"S0200{1300 + 100 * which + i // 5}"
            place = here.localities[i * len(here.localities) // here.zones]
            board = f"{here.code},{here.partnership},{BOARD[0]},S92000003"
            zones.append(
                f"{code},{place} - {i + 1:03d},{middle},{place},{here.code},{here.name},{here.partnership},"
                f"{here.name},{BOARD[0]},{BOARD[1]},S92000003"
            )
            number = here.localities.index(place) + 1
            localities.append(f"{code},PX{which + 1}{number:06d},{place},{board}")
            rank = int(ranks[int(quintiles[i])].pop())
            simd.append(
                f"{code},{middle},{BOARD[0]},{here.partnership},{here.code},{rank},{(rank - 1) * 10 // 6976 + 1},{quintiles[i]}"
            )
            population += _population_rows(code, people[i])
    tables = {"data_zones": zones, "localities": localities, "simd": simd, "population": population}
    return {name: ("\n".join(rows) + "\n").encode() for name, rows in tables.items()}


def _stand_in_people(rng: np.random.Generator, here: Council) -> Ints:
    """An ageing population that sums to the council's, by zone, sex and single year (90 = 90 and over)."""
    age = np.arange(OLDEST + 1)
    shape = np.where(age < 60, 1.0 + 0.1 * np.sin(age / 9), np.maximum(1.15 - ((age - 60) / 31) ** 2, 0.12))
    shape[OLDEST] = 0.55
    women = 0.5 + np.maximum(age - 60, 0) * 0.005
    cells = np.stack([shape * (1 - women), shape * women])
    size = rng.uniform(0.7, 1.3, here.zones)
    weights = size[:, None, None] * cells[None] * rng.uniform(0.6, 1.4, (here.zones, 2, OLDEST + 1))
    return spread_evenly(weights.ravel(), here.people).reshape(here.zones, 2, OLDEST + 1)


def _stand_in_quintiles(rng: np.random.Generator, here: Council) -> Ints:
    rest = here.zones - here.most_deprived
    others = 2 + np.arange(rest) * 4 // rest
    return rng.permutation(np.concatenate([np.ones(here.most_deprived, np.int64), others]))


def spread_evenly(weights: Floats, total: int) -> Ints:
    """Whole numbers in proportion to the weights that sum to the total."""
    bounds = np.rint(np.cumsum(weights) / weights.sum() * total).astype(np.int64)
    parts: Ints = np.diff(bounds, prepend=0)
    return parts


def practice_text(practices: Ints) -> pa.Array:
    """Five-digit practice codes."""
    return number_text(practices, 5)
