-- Purpose: months of a feed that later files left less than half of their earlier pounds. Named, not blocking.
-- Grain: agency × feed × month. Inputs: record, ledgers. A credit of a later period restates nothing: it is added.
WITH ledger AS (
    SELECT agency, record_key, month, period, amount FROM staged.ledger
    UNION ALL
    SELECT agency, record_key, month, period, amount FROM quarantine.ledger
),
every_row AS (
    SELECT agency, feed, record_key, month_of(start_date) AS month, period, fate = 'superseded' AS is_superseded, amount
    FROM core.record
    WHERE NOT is_void AND record_key IS NOT NULL AND amount IS NOT NULL
    UNION ALL
    SELECT
        agency, 'ledger' AS feed, record_key, month_of(month) AS month, period,
        period < max(period) OVER (PARTITION BY agency, record_key) AS is_superseded, amount
    FROM ledger
    WHERE record_key IS NOT NULL AND amount IS NOT NULL
),
restated AS (
    SELECT agency, feed, record_key, min(period) AS first_period
    FROM every_row
    GROUP BY agency, feed, record_key
    HAVING max(CASE WHEN is_superseded THEN 1 ELSE 0 END) = 1
),
weighed AS (
    SELECT
        every_row.agency, every_row.feed, every_row.month,
        max(CASE WHEN restated.first_period IS NOT NULL THEN 1 ELSE 0 END) AS is_restated,
        coalesce(sum(CASE WHEN restated.first_period IS NULL OR every_row.period = restated.first_period THEN every_row.amount END), 0) AS earlier,
        coalesce(sum(CASE WHEN NOT every_row.is_superseded THEN every_row.amount END), 0) AS now
    FROM every_row
    LEFT JOIN restated
        ON restated.agency = every_row.agency AND restated.feed = every_row.feed AND restated.record_key = every_row.record_key
    GROUP BY every_row.agency, every_row.feed, every_row.month
),
final AS (
    SELECT agency, feed, month, '£' || CAST(now AS VARCHAR) || ' now' AS now, '£' || CAST(earlier AS VARCHAR) || ' before' AS before
    FROM weighed
    WHERE is_restated = 1 AND earlier > 0 AND now * 2 < earlier
)
SELECT * FROM final ORDER BY month DESC, agency, feed
