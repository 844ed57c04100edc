-- Purpose: the rows of one agency's ledger, budget, deaths, register or clients that are set aside and that no later file has mended.
-- Grain: record set aside. Inputs: those of its files that count (sent.set_aside), every record of these files (sent.counting);
-- $total, $most.
-- Conserves: of each file all records of the first $most rows; rows_of_file counts all. A total of rows above is none of them.
WITH latest AS (
    SELECT record_key, max(period) AS period FROM sent.counting GROUP BY record_key
),
unmended AS (
    SELECT own.period, own.source_row, own.part, own.record_key, own.broken_rules, own.amount, own.original
    FROM sent.set_aside AS own
    LEFT JOIN latest ON latest.record_key = own.record_key
    WHERE own.broken_rules <> $total AND coalesce(latest.period, own.period) = own.period
),
counted AS (
    SELECT period, count(DISTINCT source_row) AS rows_of_file FROM unmended GROUP BY period
),
ranked AS (
    SELECT
        unmended.*, counted.rows_of_file,
        dense_rank() OVER (PARTITION BY unmended.period ORDER BY unmended.source_row) AS place
    FROM unmended
    JOIN counted ON counted.period = unmended.period
),
final AS (
    SELECT * FROM ranked WHERE place <= $most
)
SELECT * FROM final ORDER BY period, source_row, part, record_key NULLS FIRST, broken_rules
