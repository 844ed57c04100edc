"""SQL as text: quoting keeps any text a text, inputs are read from the SELECT itself, and no error shows a value of a record."""

import duckdb
import pytest

from pipelines.engine.sql import dependencies, literal, read_sql, safe_reason

PRIVATE = ("Macbeth", "0101011237", "DD1 4HN")


@pytest.mark.parametrize("text", ["", "plain", "O'Neil", "''; DROP TABLE x; --", '"quoted"', "a\nb", "£ é ✓", "%_\\"])
def test_any_text_is_one_literal(text: str) -> None:
    assert duckdb.execute(f"SELECT {literal(text)}").fetchall() == [(text,)]


def test_the_inputs_of_a_select_are_its_tables_but_not_its_own_steps() -> None:
    sql = """
    WITH step AS (SELECT * FROM core.record JOIN staged.acute USING (record_key)),
    final AS (SELECT * FROM step WHERE n IN (SELECT n FROM mart.service))
    SELECT * FROM final, here, core.record
    """
    assert dependencies(sql) == [("core", "record"), ("mart", "service"), ("staged", "acute")]


def test_a_file_is_read_by_its_layer_and_name() -> None:
    assert "SELECT" in read_sql("core", "cost_line")
    with pytest.raises(FileNotFoundError):
        read_sql("core", "nowhere")


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT CAST('Macbeth' AS DATE)",
        "SELECT CAST('0101011237' AS TINYINT)",
        "SELECT 101011237::BIGINT::TINYINT",
        "SELECT CAST('DD1 4HN' AS DECIMAL(18, 2))",
        "SELECT strptime('0101011237', '%Y-%m-%d')",
        "SELECT error('no such \"Macbeth\"')",
        "SELECT CAST('M''Gregor, Macbeth' AS INTEGER)",
        "SELECT CAST(E'Lady\\nMacbeth' AS INTEGER)",
        "SELECT CAST('19/04/85\" DD1 4HN' AS DATE)",
        'SELECT CAST(\'{"surname": "Lady" "forename": "Macbeth"}\' AS JSON)',
        "SELECT CAST('Lady Macbeth''s' AS INTEGER[])",
        "SELECT regexp_matches('a', 'Lady (Macbeth')",
        "SELECT CAST(CAST('1.011237' AS DECIMAL(18, 6)) * 101 AS DECIMAL(3, 2))",
    ],
)
def test_an_error_of_the_data_shows_no_value(statement: str) -> None:
    with pytest.raises(duckdb.Error) as raised:
        duckdb.execute(statement).fetchall()
    shown = safe_reason(raised.value)
    assert "…" in shown and "\n" not in shown
    assert not any(word in shown for word in (*PRIVATE, "101011237", "Lady", "Gregor", "011237", "102."))


def test_an_error_of_the_select_names_what_is_wrong_in_it() -> None:
    with pytest.raises(duckdb.BinderException) as raised:
        duckdb.sql("SELECT surnam FROM (SELECT 1 AS surname)")
    assert "surnam" in safe_reason(raised.value)


@pytest.mark.parametrize("error", [ValueError(), duckdb.BinderException()])
def test_an_error_without_words_is_none(error: Exception) -> None:
    assert safe_reason(error) == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            "INTERNAL Error: no such row 1",
            "INTERNAL Error: no such row …; a fault of DuckDB's own, often gone the next time: try again",
        ),
        (
            "Out of Memory Error: failed to allocate data of size 2.0 MiB (9.4 MiB/9.4 MiB used)",
            "Out of Memory Error: failed to allocate data of size …; give it more memory (IRF_MEMORY_LIMIT), or free disk for what it "
            "lays down, and try again",
        ),
        (
            'IO Error: Could not write file "/a/b": No space left on device',
            "IO Error: Could not write file …; the disk is full: make room and try again",
        ),
        ("Conversion Error: Unimplemented", "Conversion Error: Unimplemented"),
    ],
)
def test_what_to_do_is_said_where_it_is_known(words: str, said: str) -> None:
    assert safe_reason(duckdb.Error(words)) == said
