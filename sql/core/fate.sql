-- Purpose: rows and pounds of each current submission by fate.
-- Grain: agency × feed × period. Inputs: record, ledgers, budgets, deaths, registers, clients (accepted and quarantined).
-- Conserves: every row of every file that counts, once; every pound that can be read.
WITH keyed_row AS (
    -- The feeds with keys that give no row of core.record.
    SELECT agency, 'ledger' AS feed, period, record_key, broken_rules, amount, source_row, source_file, row_count FROM staged.ledger
    UNION ALL
    SELECT agency, 'ledger' AS feed, period, record_key, broken_rules, amount, source_row, source_file, row_count FROM quarantine.ledger
    UNION ALL
    SELECT agency, 'budget' AS feed, period, record_key, broken_rules, amount, source_row, source_file, row_count FROM staged.budget
    UNION ALL
    SELECT agency, 'budget' AS feed, period, record_key, broken_rules, amount, source_row, source_file, row_count FROM quarantine.budget
    UNION ALL
    SELECT agency, 'deaths' AS feed, period, record_key, broken_rules, CAST(NULL AS DECIMAL(18, 2)) AS amount, source_row, source_file, row_count
    FROM staged.deaths
    UNION ALL
    SELECT agency, 'deaths' AS feed, period, record_key, broken_rules, CAST(NULL AS DECIMAL(18, 2)) AS amount, source_row, source_file, row_count
    FROM quarantine.deaths
),
keyed_fate AS (
    SELECT
        agency, feed, period,
        CASE
            WHEN period < max(period) OVER (PARTITION BY agency, feed, coalesce(record_key, source_file || ':' || CAST(source_row AS VARCHAR)))
                THEN 'superseded'
            WHEN broken_rules IS NOT NULL THEN 'quarantined'
            ELSE 'accepted'
        END AS fate,
        row_count AS rows, amount
    FROM keyed_row
),
snapshot_count AS (
    SELECT agency, 'population_register' AS feed, period, 'accepted' AS fate, sum(row_count) AS rows
    FROM staged.population_register GROUP BY ALL
    UNION ALL
    SELECT agency, 'population_register', period, 'quarantined', sum(row_count) FROM quarantine.population_register GROUP BY ALL
    UNION ALL
    SELECT agency, 'clients', period, 'accepted', sum(row_count) FROM staged.clients GROUP BY ALL
    UNION ALL
    SELECT agency, 'clients', period, 'quarantined', sum(row_count) FROM quarantine.clients GROUP BY ALL
),
snapshot_fate AS (
    SELECT
        agency, feed, period,
        CASE WHEN period < max(period) OVER (PARTITION BY agency, feed) THEN 'superseded' ELSE fate END AS fate,
        rows, CAST(NULL AS DECIMAL(18, 2)) AS amount
    FROM snapshot_count
),
every_row AS (
    SELECT agency, feed, period, fate, row_count AS rows, amount FROM core.record
    UNION ALL SELECT * FROM keyed_fate
    UNION ALL SELECT * FROM snapshot_fate
),
final AS (
    SELECT
        agency, feed, period,
        CAST(coalesce(sum(rows) FILTER (WHERE fate = 'accepted'), 0) AS BIGINT) AS accepted,
        CAST(coalesce(sum(rows) FILTER (WHERE fate = 'quarantined'), 0) AS BIGINT) AS quarantined,
        CAST(coalesce(sum(rows) FILTER (WHERE fate = 'superseded'), 0) AS BIGINT) AS superseded,
        CAST(coalesce(sum(amount) FILTER (WHERE fate = 'accepted'), 0) AS DECIMAL(18, 2)) AS pounds_accepted,
        CAST(coalesce(sum(amount) FILTER (WHERE fate = 'quarantined'), 0) AS DECIMAL(18, 2)) AS pounds_quarantined,
        CAST(coalesce(sum(amount) FILTER (WHERE fate = 'superseded'), 0) AS DECIMAL(18, 2)) AS pounds_superseded
    FROM every_row
    GROUP BY agency, feed, period
)
SELECT * FROM final ORDER BY agency, feed, period
