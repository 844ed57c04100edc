-- Purpose: of the rows of activity and payments that warn, those that a later file has replaced.
-- Grain: row of a file. Inputs: record, the rows that warn (sent.warned).
-- Conserves: a row is one of them where none of its records is in use or set aside.
WITH warned AS (
    SELECT record.agency, record.feed, record.period, record.source_row, record.fate
    FROM core.record
    JOIN sent.warned
        ON warned.agency = record.agency AND warned.feed = record.feed AND warned.period = record.period AND warned.source_row = record.source_row
),
final AS (
    SELECT agency, feed, period, source_row
    FROM warned
    GROUP BY agency, feed, period, source_row
    HAVING count(*) FILTER (WHERE fate <> 'superseded') = 0
)
SELECT * FROM final
