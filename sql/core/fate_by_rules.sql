-- Purpose: rows and pounds of each current submission by fate and, of those in quarantine, by all the rules that a record breaks.
-- Grain: agency × feed × period × fate × broken rules. Inputs: record, held, ledgers, budgets, deaths, registers, clients (accepted and quarantined).
-- Conserves: every row of every file that counts, once, whatever number of rules it breaks; every pound that can be read; every pound that is held.
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
        broken_rules, row_count AS rows, amount
    FROM keyed_row
),
snapshot_count AS (
    SELECT agency, 'population_register' AS feed, period, 'accepted' AS fate, broken_rules, sum(row_count) AS rows
    FROM staged.population_register GROUP BY ALL
    UNION ALL
    SELECT agency, 'population_register', period, 'quarantined', broken_rules, sum(row_count) FROM quarantine.population_register GROUP BY ALL
    UNION ALL
    SELECT agency, 'clients', period, 'accepted', broken_rules, sum(row_count) FROM staged.clients GROUP BY ALL
    UNION ALL
    SELECT agency, 'clients', period, 'quarantined', broken_rules, sum(row_count) FROM quarantine.clients GROUP BY ALL
),
snapshot_fate AS (
    SELECT
        agency, feed, period,
        CASE WHEN period < max(period) OVER (PARTITION BY agency, feed) THEN 'superseded' ELSE fate END AS fate,
        broken_rules, rows, CAST(NULL AS DECIMAL(18, 2)) AS amount
    FROM snapshot_count
),
every_row AS (
    SELECT agency, feed, period, fate, broken_rules, row_count AS rows, amount FROM core.record
    UNION ALL SELECT * FROM keyed_fate
    UNION ALL SELECT * FROM snapshot_fate
),
by_rules AS (
    SELECT
        agency, feed, period, fate, CASE WHEN fate = 'quarantined' THEN coalesce(broken_rules, '') ELSE '' END AS broken_rules,
        sum(rows) AS rows, sum(CASE WHEN amount IS NULL THEN rows ELSE 0 END) AS rows_without_pounds, sum(amount) AS pounds
    FROM every_row
    GROUP BY ALL
),
held_by_rules AS (
    SELECT agency, feed, period, 'quarantined' AS fate, broken_rules, sum(amount) AS held FROM core.held GROUP BY ALL
),
final AS (
    SELECT
        by_rules.agency, by_rules.feed, by_rules.period, by_rules.fate, by_rules.broken_rules,
        CAST(by_rules.rows AS BIGINT) AS rows, CAST(by_rules.rows_without_pounds AS BIGINT) AS rows_without_pounds,
        CAST(by_rules.pounds AS DECIMAL(18, 2)) AS pounds, CAST(coalesce(held_by_rules.held, 0) AS DECIMAL(18, 2)) AS held
    FROM by_rules
    LEFT JOIN held_by_rules USING (agency, feed, period, fate, broken_rules)
)
SELECT * FROM final ORDER BY agency, feed, period, fate, broken_rules
