-- Purpose: by how much records are scaled to the ledger. Grain: agency × service. The factor of a month with records of fewer than
-- 5 people is NULL: with the ledger's pounds it would tell what they cost.
WITH told AS (
    SELECT agency, service, month, status, CASE WHEN people BETWEEN 1 AND 4 THEN NULL ELSE scale_factor END AS scale_factor
    FROM release.control_total
    WHERE scale_factor IS NOT NULL
)
SELECT
    agency, service, min(scale_factor) AS least, max(scale_factor) AS greatest, arg_max(scale_factor, month) AS latest,
    count(*) FILTER (WHERE status = 'out_of_band') AS months_out_of_band
FROM told
GROUP BY agency, service
ORDER BY max(abs(scale_factor - 1)) DESC NULLS LAST, agency, service
