-- Purpose: the records that changed, by kind, in lines and pounds. Grain: kind. Inputs: changed_line. Conserves: every changed line once.
-- A record is a row of a file; a record of no file is its line. One that moves service is one record.
WITH final AS (
    SELECT
        change_kind, count(DISTINCT coalesce(agency || ' ' || source_file || ' ' || CAST(source_row AS VARCHAR), line_id)) AS records, count(*) AS lines,
        coalesce(sum(direct_before), CAST(0 AS DECIMAL(18, 2))) AS direct_before, coalesce(sum(direct_now), CAST(0 AS DECIMAL(18, 2))) AS direct_now,
        coalesce(sum(cost_before), CAST(0 AS DECIMAL(18, 2))) AS cost_before, coalesce(sum(cost_now), CAST(0 AS DECIMAL(18, 2))) AS cost_now
    FROM changed_line
    GROUP BY change_kind
)
SELECT * FROM final ORDER BY change_kind
