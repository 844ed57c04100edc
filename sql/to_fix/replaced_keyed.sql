-- Purpose: of the rows of one agency's ledger, budget or deaths that warn, those that a later file has replaced.
-- Grain: row of a file. Inputs: every record of its files that count (sent.counting), the rows that warn (sent.warned); $agency, $feed.
-- Conserves: a row is one of them where none of its records is in use or set aside.
WITH latest AS (
    SELECT record_key, max(period) AS period FROM sent.counting GROUP BY record_key
),
final AS (
    SELECT own.period, own.source_row
    FROM sent.counting AS own
    JOIN sent.warned ON warned.period = own.period AND warned.source_row = own.source_row
    LEFT JOIN latest ON latest.record_key = own.record_key
    WHERE warned.agency = $agency AND warned.feed = $feed
    GROUP BY own.period, own.source_row
    HAVING min(coalesce(latest.period, own.period)) > own.period
)
SELECT * FROM final
