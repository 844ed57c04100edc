-- Purpose: the records of one agency's feed of activity or payments that are set aside and that no later file has mended.
-- Grain: record set aside. Inputs: those of its files that count (sent.set_aside), those that stand (sent.standing); $agency, $feed, $total, $most.
-- Conserves: of each file all records of the first $most rows; rows_of_file counts all. A total of rows above is none of them.
WITH unmended AS (
    -- What is added to a payment has its period before its part, once it is a record.
    SELECT own.period, own.source_row, own.part, own.record_key, own.broken_rules, own.amount, own.original
    FROM sent.set_aside AS own
    WHERE own.broken_rules <> $total
        AND EXISTS (
            SELECT 1
            FROM sent.standing
            WHERE standing.agency = $agency AND standing.feed = $feed
                AND standing.period = own.period AND standing.source_row = own.source_row
                AND standing.record_key IS NOT DISTINCT FROM own.record_key
                AND (standing.part = own.part OR standing.part = own.period || '/' || own.part)
        )
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
