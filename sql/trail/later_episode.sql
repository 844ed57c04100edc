-- Purpose: the rows that replaced one row of a hospital episode: those of the last period that says its cost month, or all of it, anew.
-- Grain: row of that period. Inputs: the records that count of the agency and feed (sent.counting); $record_key, $period, $cost_month.
-- Conserves: a row without a cost month is replaced by any later one, as in core/record.
WITH later AS (
    SELECT period, part, source_file, source_row, CASE WHEN broken_rules IS NOT NULL THEN 'quarantined' ELSE 'accepted' END AS fate,
        max(period) OVER () AS last_period
    FROM sent.counting
    WHERE record_key = $record_key AND period > $period
        AND (CAST($cost_month AS VARCHAR) IS NULL OR cost_month IS NULL OR cost_month = $cost_month)
),
final AS (
    SELECT * EXCLUDE (last_period) FROM later WHERE period = last_period
)
SELECT * FROM final ORDER BY period, source_row, part
