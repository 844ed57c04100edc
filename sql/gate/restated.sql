-- Purpose: months of a feed that lost more than half of their pounds to later files that say the same records anew.
-- Grain: one row that names each, the newest first. Inputs: records, ledgers. Named, not blocking.
WITH said AS (
    SELECT agency, feed, record_key, period, amount, fate = 'superseded' AS is_replaced
    FROM core.record
    WHERE record_key IS NOT NULL AND amount IS NOT NULL AND NOT is_void
    UNION ALL
    SELECT agency, 'ledger', record_key, period, amount, period < max(period) OVER (PARTITION BY agency, record_key)
    FROM staged.ledger
),
sent_month AS (
    SELECT agency, feed, period, sum(amount) AS before FROM said GROUP BY agency, feed, period
),
replaced AS (
    SELECT agency, feed, record_key, period, sum(amount) AS amount FROM said WHERE is_replaced GROUP BY agency, feed, record_key, period
),
replacing AS (
    SELECT replaced.agency, replaced.feed, replaced.record_key, replaced.period, sum(said.amount) AS amount
    FROM replaced
    JOIN said
        ON said.agency = replaced.agency AND said.feed = replaced.feed AND said.record_key = replaced.record_key
        AND said.period > replaced.period AND NOT said.is_replaced
    GROUP BY replaced.agency, replaced.feed, replaced.record_key, replaced.period
),
compared AS (
    SELECT agency, feed, period, sent_month.before, sum(replaced.amount - coalesce(replacing.amount, 0)) AS taken
    FROM sent_month
    JOIN replaced USING (agency, feed, period)
    LEFT JOIN replacing USING (agency, feed, period, record_key)
    GROUP BY agency, feed, period, sent_month.before
),
final AS (
    SELECT
        string_agg(
            agency || ' ' || feed || ' ' || period || ': £' || CAST(before AS VARCHAR) || ' as first sent, £' || CAST(before - taken AS VARCHAR)
                || ' as later files say its records', '; ' ORDER BY period DESC, agency, feed
        ) AS sentences
    FROM compared
    WHERE before > 0 AND taken * 2 > before
    HAVING count(*) > 0
)
SELECT * FROM final
