"""The steps of a refresh, from landing to gate. Each reads files, writes files and can be run again.

Belongs here: what each step reads and writes. Does not belong here: Dagster (`assets/`), SQL (`sql/`), publishing
(`pipelines/release`).
"""

import calendar
import datetime
import hmac
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.engine.clock import now_in_scotland
from pipelines.engine.database import MEMORY_LIMIT, TABLE_MACROS, create_view, open_database
from pipelines.engine.errors import IrfError
from pipelines.engine.files import copy_hashed, read_note, remove, sha256_of, write_note
from pipelines.engine.parquet import made_of_table, write_parquet, write_select
from pipelines.engine.progress import PROGRESS
from pipelines.engine.software import code_version, package_versions
from pipelines.engine.sql import dependencies, read_sql
from pipelines.identity.linking.current_chi import current_chis
from pipelines.identity.linking.decide import REVIEW_FROM, SAID, judge, judge_clients
from pipelines.identity.linking.score import model_version
from pipelines.identity.linking.standardise import database as identity_database
from pipelines.identity.pseudonym import hmac_pads, load_or_create_key, others_can_read, person_ids
from pipelines.identity.registry import link_history, load_history, person_history, save_history
from pipelines.identity.review import DECISIONS_FILE, read_decisions, review_sheet
from pipelines.ingest.intake import Judged, current, refusal_noted, take_judged, take_raw
from pipelines.ingest.landing import Landed, locations_of, scan
from pipelines.ingest.reference import declared_bounds, declared_corrections, load_reference, reference_file
from pipelines.ingest.validating.corrections import Correction
from pipelines.ingest.validating.validate import Outcome
from pipelines.quality.drift import drift_rows
from pipelines.quality.verdict import Verdict, keep_verdict, kept_verdict
from pipelines.quality.withheld import search, without
from pipelines.release.publish import releases
from pipelines.warehouse.root import DataRoot
from schemas.core import CORE
from schemas.feeds import FEEDS, Lineage
from schemas.published import PUBLISHED
from schemas.reference import OPTIONAL, REFERENCE
from schemas.rules import CROSS_RULES, DRIFT_RULES, FILE_RULES
from schemas.table import Table, arrow_schema, duckdb_columns

SQL_CORE = (
    "client_birth", "chi_alias", "death", "record", "place", "postcode_zone", "record_person", "person_home", "record_month",
    "unit_cost_match", "record_cost", "known_word", "outside_text", "ledger_line", "budget_line", "held", "service_month", "cost_line", "fate",
)  # fmt: skip
SQL_MART = (
    "population", "client_month_cost", "locality_month_cost", "person", "control_total", "bridge", "bridge_to_date",
    "elimination", "budget_variance", "locality_budget", "partnership_budget", "price_index", "unmapped_cost_code",
    "link_quality", "service", "area", "data_zone",
)  # fmt: skip
PUBLISHED_FROM_CORE = ("cost_line", "ledger_line")
"""Published tables that core makes in their published shape."""


@dataclass(frozen=True)
class Steps:
    """The steps of the refresh of one period under one data root."""

    root: DataRoot
    period: str
    threads: int = field(default_factory=lambda: os.cpu_count() or 1)

    # ---- landing, reference ----

    def reference(self) -> dict[str, str]:
        """Type and check the reference tables. Returns file → sha256."""
        self.root.prepare()
        hashes = load_reference(self.root)
        self._note("reference", hashes)
        return hashes

    def corrections(self) -> list[Correction]:
        """Every declared correction."""
        return declared_corrections(self.root)

    def landing(self) -> list[Landed]:
        """Find the submissions up to the period, and note what else is there. Raises IrfError where there is none."""
        agencies = (
            pq.read_table(reference_file(self.root, "agencies")).select(["agency", "kind", "sending_location"]).to_pylist()
        )
        key = self.key()
        if others_can_read(self.root.key_file):
            PROGRESS.warning(
                "warning: others can read the pseudonym key %s; chmod 600 makes it yours alone", self.root.key_file
            )
        found = scan(self.root.folder("landing"), {a["agency"]: a["kind"] for a in agencies}, self.period, key)
        locations = locations_of(agencies)
        landed = [replace(x, location=locations[x.agency]) for x in found.landed]
        if not landed:
            raise IrfError(f"landing: no submission for {self.period} or before; put files under landing/<agency>/<feed>/")
        submissions = [{**asdict(x), "path": str(x.path)} for x in landed]
        decisions = self._take_decisions()
        self._note(
            "intake", {"period": self.period, "submissions": submissions, "unused": found.unused, "decisions": decisions}
        )
        return landed

    def unused(self) -> list[str]:
        """What lies in landing and is no submission, a sentence for each."""
        return [str(sentence) for sentence in self._intake()["unused"]]

    def _take_decisions(self) -> str:
        """Copy the decisions on links as they are now: what is hashed is what is followed. Returns their SHA-256, or ''."""
        given = self.root.folder("review") / DECISIONS_FILE
        if given.exists():
            return copy_hashed(given, self._decisions_taken)
        remove(self._decisions_taken)
        return ""

    @property
    def _decisions_taken(self) -> Path:
        """The decisions on links that this refresh follows."""
        return self.root.folder("staged") / "review" / DECISIONS_FILE

    def _intake(self) -> dict:
        """What `landing` found. Raises IrfError where that was for another period, so that no table is of two."""
        noted = read_note(self._note_file("intake"))
        if not isinstance(noted, dict):
            raise IrfError(f"nothing was taken in for {self.period}; run {self._command}")
        if noted["period"] != self.period:
            raise IrfError(f"what was taken in last is for {noted['period']} and not for {self.period}; run {self._command}")
        return noted

    @property
    def _command(self) -> str:
        return f"irf refresh --period {self.period}"

    def landed(self, feed: str | None = None) -> list[Landed]:
        """The submissions found by `landing`."""
        noted = [x for x in self._intake()["submissions"] if feed in (None, x["feed"])]
        return [Landed(**{**x, "path": Path(x["path"])}) for x in noted]

    def made_of(self) -> str:
        """One keyed hash of everything that decides a release of this period: where it is the same, so are the bytes."""
        intake = self._intake()
        decides = {
            "period": self.period,
            "submissions": [[x.agency, x.feed, x.period, x.revision, x.file_hash or x.unusable] for x in self.landed()],
            "unused": intake["unused"],
            "decisions": intake["decisions"],
            "reference": self.noted_reference(),
            "code": code_version(),
            "packages": package_versions(),
            "memory_limit": MEMORY_LIMIT,
        }
        return hmac.digest(self.key(), json.dumps(decides, sort_keys=True).encode(), "sha256").hex()

    def expected_feeds(self, period: str) -> list[tuple[str, str]]:
        """The (agency, feed) pairs that must be there for a period."""
        rows = pq.read_table(reference_file(self.root, "expected_feeds")).to_pylist()
        return [(r["agency"], r["feed"]) for r in expected_in(rows, period) if r["required"] == "Y"]

    # ---- raw, staged, quarantine ----

    def raw(self, feed: str) -> int:
        """Bring the raw tables of a feed up to date. Returns how many submissions could be read."""
        refused = [r for r in (take_raw(x, self.root) for x in self.landed(feed)) if r]
        self._note(f"refused_{feed}", [[r.landed.sha256, r.landed.name, r.refused, r.detail] for r in refused])
        return len(self.landed(feed)) - len(refused)

    def staged(self, feed: str) -> list[Judged]:
        """Judge every readable submission of a feed."""
        return self.judged(feed)

    def judged(self, feed: str) -> list[Judged]:
        """Every submission of a feed with its outcome; those judged before are not judged again."""
        unreadable = {(x[0], x[1]): (x[2], x[3]) for x in self._refused(feed)}
        landed = self.landed(feed)
        readable = [x for x in landed if (x.sha256, x.name) not in unreadable]
        judged = take_judged(
            readable, self.root, reference_file(self.root, "postcodes"), self.corrections(), declared_bounds(self.root)
        )
        known = {j.landed: j for j in judged}
        return [known.get(x) or Judged(x, Outcome(), *unreadable[x.sha256, x.name]) for x in landed]

    def known_refusal(self, landed: Landed) -> str | None:
        """Why the latest refresh that judged a file refused it; None where it did not, or never saw it. Judges nothing."""
        if landed.unusable:
            return landed.unusable
        for sha256, name, _, detail in self._refused(landed.feed):
            if (sha256, name) == (landed.sha256, landed.name):
                return str(detail)
        return refusal_noted(landed, self.root)

    def _refused(self, feed: str) -> list[list[str]]:
        """The files of a feed that could not be read: hash, name, rule and why of each."""
        noted = read_note(self._note_file(f"refused_{feed}"))
        return noted if isinstance(noted, list) else []

    def all_judged(self) -> list[Judged]:
        """Every submission of every feed with its outcome."""
        return [j for feed in FEEDS for j in self.judged(feed)]

    # ---- core ----

    def refresh(self) -> None:
        """Write the one row that says what this refresh covers."""
        key = self.key()
        inner, outer = hmac_pads(key)
        usable = current(self.all_judged())
        if not usable:
            raise IrfError(f"no submission up to {self.period} can be used; see irf status")
        # A budget may come before the year it is for.
        first = min((j.landed.period for j in usable if j.landed.feed != "budget"), default=self.period)
        year, month = int(self.period[:4]), int(self.period[5:])
        row = {
            "period": self.period,
            "first_month": datetime.date.fromisoformat(first + "-01"),
            "last_month": datetime.date(year, month, 1),
            "period_end": datetime.date(year, month, calendar.monthrange(year, month)[1]),
            "inner_pad": inner.hex(),
            "outer_pad": outer.hex(),
        }
        self._write("core", "refresh", pa.Table.from_pylist([row], arrow_schema(CORE["refresh"])))

    def key(self) -> bytes:
        """The pseudonym key; made where there is none and nothing was published with one.

        Raises IrfError when releases are there and the key is not: another key would give everybody another id.
        """
        if not self.root.key_file.exists() and releases(self.root.folder("releases")):
            raise IrfError(f"{self.root.key_file} is missing though releases were made with it; put it back from the backup")
        return load_or_create_key(self.root.key_file)

    def core(self, name: str) -> int:
        """Run `sql/core/<name>.sql`. Returns the row count."""
        return self._run("core", name, CORE[name])

    def link(self) -> pa.Table:
        """Link the councils' clients to people of the register. Returns what `judge_clients` does."""
        judged = judge_clients(*self._people(self._decisions_taken), threads=self.threads, said=self._said_of_clients())
        self._write("core", "link", judged)
        return judged

    def review_sheet(self) -> pa.Table:
        """The uncertain links of the last refresh's files, with what a person needs to decide them."""
        with identity_database(self.threads) as connection:
            judge(connection, *self._people(self.root.folder("review") / DECISIONS_FILE), self._said_of_clients())
            return review_sheet(connection, REVIEW_FROM)

    def register_numbers(self) -> set[str]:
        """Every CHI number that the latest population register names, now or before."""
        with self.database([("staged", "population_register")]) as connection:
            return set(current_chis(_latest_register(connection))["chi_number"].to_pylist())

    def _people(self, decisions: Path) -> tuple[pa.Table, pa.Table, pa.Table]:
        """The latest register, each council's latest snapshot of clients (it replaces those before it whole), and the decisions."""
        needed = [("staged", "population_register"), ("staged", "clients"), ("core", "client_birth")]
        with self.database(needed) as connection:
            register = _latest_register(connection)
            clients = connection.sql(
                """
                SELECT clients.* REPLACE (client_birth.date_of_birth AS date_of_birth)
                FROM staged.clients
                JOIN core.client_birth USING (agency, social_care_id, period)
                QUALIFY period = max(period) OVER (PARTITION BY agency)
                """
            ).to_arrow_table()
            known = connection.execute("SELECT DISTINCT agency, social_care_id FROM staged.clients").fetchall()
        return register, clients, read_decisions(decisions, self.key(), now_in_scotland(), known)

    def _said_of_clients(self) -> pa.Table:
        """What every clients file said of each client, as SAID: a number may have meant somebody else before."""
        names = ", ".join(SAID.names)
        with self.database([("staged", "clients"), ("quarantine", "clients")]) as connection:
            said = connection.sql(
                f"SELECT {names} FROM staged.clients WHERE social_care_id IS NOT NULL "
                f"UNION SELECT {names} FROM quarantine.clients WHERE social_care_id IS NOT NULL ORDER BY ALL"
            ).to_arrow_table()
        return said.cast(SAID)

    def person_id(self) -> int:
        """Give every person with a record the keyed pseudonym."""
        key = self.key()
        with self.database([("core", "record_person")]) as connection:
            keys = connection.sql(
                "SELECT DISTINCT person_key FROM core.record_person WHERE person_key IS NOT NULL ORDER BY person_key"
            ).to_arrow_table()["person_key"]
        people = pa.table({"person_key": keys, "person_id": person_ids(key, keys)})
        self._write("core", "person_id", people)
        return int(people.num_rows)

    def check_unit_costs(self) -> None:
        """Refuse two equal matches, and a service priced in other years only. Raises IrfError naming them."""
        with self.database([("core", "unit_cost_match")]) as connection:
            row = connection.execute(
                "SELECT service, financial_year, agency, matches, is_year_missing FROM core.unit_cost_match "
                "WHERE matches > 1 OR is_year_missing ORDER BY ALL LIMIT 1"
            ).fetchone()
        if row:
            why = "has no price in this year though it has in others" if row[4] else f"has {row[3]} equally specific prices"
            raise IrfError(f"reference/unit_costs.csv: {row[0]} {row[1]} {row[2]} {why}")

    def withheld(self) -> int:
        """Find what names somebody in the texts of outside. Returns how many of them do."""
        key = self.key()
        with self.database([("core", "outside_text"), ("core", "known_word")]) as connection:
            texts = connection.sql("SELECT agency, text FROM core.outside_text ORDER BY agency, text").fetchall()
            found = search(connection, texts)
        rows = []
        for (agency, text), pieces in zip(texts, found, strict=True):
            if pieces:
                row_key = hmac.digest(key, f"withheld\x1f{agency}\x1f{text}".encode(), "sha256").hex()[:10]
                kinds = ", ".join(sorted({piece.kind for piece in pieces}))
                shown = f"{without(text, pieces)} ({row_key})"
                rows.append({"agency": agency, "text": text, "shown": shown, "row_key": row_key, "kinds": kinds})
        self._write("core", "withheld", pa.Table.from_pylist(rows, arrow_schema(CORE["withheld"])))
        return len(rows)

    def naming_nobody(self, texts: Sequence[str], agencies: Sequence[str] = ()) -> list[str]:
        """Texts of no table, as details of checks and notes, with what names somebody withheld. agencies: whose texts they are,
        where they are an agency's own: only then is a number that a client has somebody's.
        """
        with self.database([("core", "known_word")]) as connection:
            found = search(connection, list(zip(agencies or [""] * len(texts), texts, strict=True)))
        return [without(text, pieces) for text, pieces in zip(texts, found, strict=True)]

    def rule_finding(self) -> int:
        """Judge the records in use by the rules that need other files. Returns how many findings there are."""
        by_rule = self._selected("rule", list(CROSS_RULES))
        found = [row for rows in by_rule for row in rows]
        self._write("core", "rule_finding", pa.Table.from_pylist(found, arrow_schema(CORE["rule_finding"])))
        return len(found)

    def drift(self) -> int:
        """Compare each file with the earlier ones of its agency and feed. Returns how many measures drift."""
        (measures,) = self._selected("rule", ["drift_measure"])
        rows = drift_rows(measures)
        self._write("core", "drift", pa.Table.from_pylist(rows, arrow_schema(CORE["drift"])))
        return sum(row["drifts"] for row in rows)

    # ---- mart ----

    def mart(self, name: str) -> int:
        """Run `sql/mart/<name>.sql`. Returns the row count."""
        return self._run("mart", name, PUBLISHED[name])

    def person_history(self) -> int:
        """Tell which person ids changed, and work out the link history that is kept once this refresh is published."""
        now = self._client_links()
        key = self.key()
        person_keys = pa.array([
            f"chi:{x['chi_number']}" if x["chi_number"] else f"client:{x['agency']}:{x['social_care_id']}"
            for x in now.to_pylist()
        ], pa.string())  # fmt: skip
        now = now.drop_columns("chi_number").append_column("person_id", person_ids(key, person_keys))
        now = now.append_column("model_version", pa.array([model_version()] * now.num_rows, pa.string()))
        previous = load_history(self.root.link_history)
        changes = person_history(previous, now, self.period)
        self._write("mart", "person_history", changes)
        save_history(link_history(previous, now, self.period), self.next_link_history)
        return int(changes.num_rows)

    @property
    def next_link_history(self) -> Path:
        """The link history with this refresh's links in it."""
        return self.file("core", "link_history")

    def _client_links(self) -> pa.Table:
        """Every client with a link or with a record; one that is in no snapshot is unlinked, and may be linked later."""
        with self.database([("core", "link"), ("core", "record")]) as connection:
            return connection.sql(
                """
                SELECT agency, social_care_id, chi_number, link_method, link_probability FROM core.link
                UNION ALL
                SELECT DISTINCT agency, social_care_id, NULL, 'unlinked', NULL
                FROM core.record ANTI JOIN core.link USING (agency, social_care_id)
                WHERE social_care_id IS NOT NULL AND fate = 'accepted'
                ORDER BY agency, social_care_id
                """
            ).to_arrow_table()

    def submission(self) -> None:
        """The published submission and rule_result tables."""
        judged = sorted(self.all_judged(), key=lambda j: j.landed)
        fates = self.fates()
        across = self._across_files(fates)
        in_use = {(j.landed.agency, j.landed.feed, j.landed.period): j.landed.revision for j in current(judged)}
        order: dict[tuple[str, str], int] = {}
        submissions, results = [], []
        for j in judged:
            x = j.landed
            order[(x.agency, x.feed)] = order.get((x.agency, x.feed), 0) + 1
            used = j.refused is None and in_use.get((x.agency, x.feed, x.period)) == x.revision
            fate = fates.get((x.agency, x.feed, x.period)) if used else None
            has_money = FEEDS[x.feed].amount is not None
            submissions.append({
                "agency": x.agency, "feed": x.feed, "period": x.period, "revision": x.revision, "file_hash": x.file_hash or None,
                "rows": j.outcome.rows,
                "accepted": fate["accepted"] if fate else 0,
                "quarantined": fate["quarantined"] if fate else 0,
                "superseded": fate["superseded"] if fate else j.outcome.rows,
                "amount": j.outcome.pounds_read if has_money and j.refused is None else None,
                "status": "refused" if j.refused else "accepted" if used else "replaced",
                "received_order": order[(x.agency, x.feed)],
            })  # fmt: skip
            results += _rule_results(j, has_money)
            if used:
                revision = {"revision": x.revision}
                results += [revision | row for row in across.get((x.agency, x.feed, x.period), [])]
        self._write("mart", "submission", pa.Table.from_pylist(submissions, arrow_schema(PUBLISHED["submission"])))
        self._write("mart", "rule_result", pa.Table.from_pylist(results, arrow_schema(PUBLISHED["rule_result"])))

    def _across_files(self, fates: dict[tuple[str, str, str], dict]) -> dict[tuple[str, str, str], list[dict]]:
        """The rows of rule_result, but for the revision, of the rules that need other files."""
        findings = {
            (f["agency"], f["feed"], f["period"], f["rule_id"]): f
            for f in pq.read_table(self.made("core", "rule_finding")).to_pylist()
        }
        results: dict[tuple[str, str, str], list[dict]] = {place: [] for place in fates}
        for place, fate in fates.items():
            for rule in CROSS_RULES.values():
                if place[1] in rule.feeds:
                    found = findings.get((*place, rule.rule_id), {"failed": 0, "amount": Decimal("0.00")})
                    has_money = FEEDS[place[1]].amount is not None
                    results[place].append(_across(place, rule.rule_id, rule.severity, fate["accepted"], found["failed"],
                                                  found["amount"] if has_money else None))  # fmt: skip
        for row in pq.read_table(self.made("core", "drift")).to_pylist():
            place, rule_id = (row["agency"], row["feed"], row["period"]), row["rule_id"]
            evaluated, failed = int(row["usual"] is not None), int(row["drifts"])
            results[place].append(_across(place, rule_id, DRIFT_RULES[rule_id].severity, evaluated, failed, None))
        return results

    # ---- files ----

    def mart_files(self) -> dict[str, Path]:
        """Every published table where this refresh wrote it."""
        return {name: self.made("core" if name in PUBLISHED_FROM_CORE else "mart", name) for name in PUBLISHED}

    def judged_files(self) -> dict[str, Path]:
        """Everything that a release is made from, by name: the published tables, what the manifest is written from, the link history."""
        behind = {f"core/{name}": self.made("core", name) for name in ("fate", "record_cost")}
        return {**self.mart_files(), **behind, "link_history": self.next_link_history}

    @property
    def data_docs(self) -> Path:
        """Where the pages on this refresh's tables are until they are published."""
        return self.root.folder("mart") / "data_docs"

    def fates(self) -> dict[tuple[str, str, str], dict]:
        """Rows and pounds by fate of each submission in use: (agency, feed, period) → row of `core/fate`."""
        rows = pq.read_table(self.made("core", "fate")).to_pylist()
        return {(f["agency"], f["feed"], f["period"]): f for f in rows}

    def file(self, layer: str, name: str) -> Path:
        """Where a table of core or mart is."""
        return self.root.folder(layer) / f"{name}.parquet"

    def made(self, layer: str, name: str) -> Path:
        """A table of core or mart to be read. Raises IrfError where it is not there, or not made from what this refresh is made of."""
        file = self.file(layer, name)
        known = made_of_table(file)
        if known is None:
            raise IrfError(f"{layer}/{name} is not there yet; run {self._command}")
        if known != self.made_of():
            raise IrfError(
                f"{layer}/{name} was made for another period, or from other submissions, reference tables, decisions, key or "
                f"code; run {self._command}"
            )
        return file

    def _write(self, layer: str, name: str, rows: pa.Table) -> None:
        model = CORE[name] if layer == "core" else PUBLISHED[name]
        write_parquet(
            pa.RecordBatchReader.from_batches(rows.schema, rows.to_batches()),
            arrow_schema(model),
            self.file(layer, name),
            self.made_of(),
        )

    def _run(self, layer: str, name: str, model: type[Table]) -> int:
        sql = read_sql(layer, name)
        with self.database(dependencies(sql)) as connection:
            return write_select(connection, sql, model, self.file(layer, name), f"sql/{layer}/{name}.sql", self.made_of())

    def _selected(self, layer: str, names: Sequence[str]) -> list[list[dict]]:
        """The rows of each of some SELECTs that stay small, all in one database."""
        selects = [read_sql(layer, name) for name in names]
        needed = sorted({table for sql in selects for table in dependencies(sql)})
        with self.database(needed) as connection:
            return [connection.sql(sql).to_arrow_table().to_pylist() for sql in selects]

    def database(self, needed: list[tuple[str, str]]) -> "_Views":
        return _Views(self, needed)

    def _note_file(self, name: str) -> Path:
        return self.root.folder("state") / f"{name}.json"

    def _note(self, name: str, body: object) -> None:
        write_note(self._note_file(name), body)

    def keep_verdict(self, run: str, checks: Sequence[object]) -> None:
        """Keep the gate's answers with what they are about."""
        counting = [j.landed for j in current(self.all_judged())]
        verdict = Verdict(
            run=run,
            period=self.period,
            made_of=self.made_of(),
            submissions=[[x.agency, x.feed, x.period, x.revision, x.sha256] for x in counting],
            reference=self.noted_reference(),
            tables={name: sha256_of(file) for name, file in self.judged_files().items()},
            checks=[vars(c) for c in checks],
        )
        keep_verdict(verdict, self._note_file("verdict"))

    def verdict(self) -> Verdict | None:
        """What the gate judged last, for whatever period."""
        return kept_verdict(self._note_file("verdict"))

    def forget_verdict(self) -> None:
        """Before the gate judges: what it judged before holds no longer."""
        remove(self._note_file("verdict"))

    def noted_reference(self) -> dict[str, str]:
        """File → sha256 of the reference tables in use."""
        noted = read_note(self._note_file("reference"))
        if not isinstance(noted, dict):
            raise IrfError(f"the reference tables were not loaded; run {self._command}")
        return {str(name): str(sha256) for name, sha256 in noted.items()}


def last_steps(root: DataRoot) -> Steps:
    """The steps of the month whose submissions were taken in last. Raises IrfError where nothing was."""
    noted = read_note(root.folder("state") / "intake.json")
    if not isinstance(noted, dict):
        raise IrfError("nothing was refreshed yet; run `irf refresh --period YYYY-MM`")
    return Steps(root, str(noted["period"]))


class _Views:
    """A database with the tables a step needs as views `layer.table`."""

    def __init__(self, steps: Steps, needed: list[tuple[str, str]]) -> None:
        self._opened = open_database(steps.root.path, steps.threads, TABLE_MACROS)
        self._steps = steps
        self._needed = needed

    def __enter__(self) -> duckdb.DuckDBPyConnection:
        connection = self._opened.__enter__()
        for layer, name in self._needed:
            self._show(connection, layer, name)
        return connection

    def __exit__(self, *exception: object) -> None:
        self._opened.__exit__(None, None, None)

    def _show(self, connection: duckdb.DuckDBPyConnection, layer: str, name: str) -> None:
        steps = self._steps
        if layer in ("staged", "quarantine"):
            files = [steps.root.folder(layer) / name / j.landed.parquet_name for j in current(steps.judged(name))]
            if files:
                create_view(connection, layer, name, files, FEEDS[name].model)
            else:
                connection.execute(f"CREATE SCHEMA IF NOT EXISTS {layer}")
                connection.execute(f"CREATE TABLE {layer}.{name} ({feed_columns(name)})")
        elif layer == "reference":
            create_view(connection, layer, name, [reference_file(steps.root, name)], {**REFERENCE, **OPTIONAL}[name])
        else:
            create_view(connection, layer, name, [steps.made(layer, name)], (CORE if layer == "core" else PUBLISHED)[name])


def _latest_register(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """The latest population register of each agency that sends one; it replaces those before it whole."""
    return connection.sql(
        "SELECT * FROM staged.population_register QUALIFY period = max(period) OVER (PARTITION BY agency)"
    ).to_arrow_table()


def expected_in(expected_feeds: list[dict], period: str) -> list[dict]:
    """The rows of `expected_feeds` that hold in a month, YYYY-MM."""
    return [r for r in expected_feeds if str(r["valid_from"] or "0001")[:7] <= period <= str(r["valid_to"] or "9999")[:7]]


def feed_columns(feed: str) -> str:
    """The column list of a judged feed, for an empty table."""
    return f"{duckdb_columns(FEEDS[feed].model)}, {duckdb_columns(Lineage)}"


def _rule_results(j: Judged, has_money: bool) -> list[dict[str, object]]:
    x = j.landed
    place = {"agency": x.agency, "feed": x.feed, "period": x.period, "revision": x.revision}
    unread = j.outcome.unread
    found = {
        "file.unknown_columns": bool(unread.unknown_columns),
        "file.nil_return": j.refused is None and not j.outcome.rows,
        "file.title_rows": unread.titles > 0,
        "file.rows_elsewhere": unread.rows_elsewhere > 0,
    }
    broken = {j.refused} | {rule_id for rule_id, is_so in found.items() if is_so}
    rows: list[dict[str, object]] = [
        {**place, "rule_id": rule.rule_id, "severity": rule.severity, "evaluated": 1, "failed": int(rule.rule_id in broken),
         "amount": None, "status": _status(rule.severity, rule.rule_id in broken)}
        for rule in FILE_RULES.values()
    ]  # fmt: skip
    for rule_id, count in j.outcome.rules.items():
        rows.append(
            {**place, "rule_id": rule_id, "severity": count.severity, "evaluated": j.outcome.rows, "failed": count.failed,
             "amount": Decimal(count.amount) if has_money else None, "status": _status(count.severity, bool(count.failed))}
        )  # fmt: skip
    return rows


def _across(
    place: tuple[str, str, str], rule_id: str, severity: str, evaluated: int, failed: int, amount: Decimal | None
) -> dict[str, object]:
    agency, feed, period = place
    return {
        "agency": agency, "feed": feed, "period": period, "rule_id": rule_id, "severity": severity, "evaluated": evaluated,
        "failed": failed, "amount": amount, "status": _status(severity, bool(failed)),
    }  # fmt: skip


def _status(severity: str, is_broken: bool) -> str:
    return "passed" if not is_broken else "warned" if severity == "warning" else "failed"
