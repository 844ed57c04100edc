-- Purpose: by how much records are scaled to the ledger, over time. Grain: agency × service.
SELECT
    agency, service, min(scale_factor) AS least, max(scale_factor) AS greatest, arg_max(scale_factor, month) AS latest,
    count(*) FILTER (WHERE status = 'out_of_band') AS months_out_of_band
FROM release.control_total
WHERE scale_factor IS NOT NULL
GROUP BY agency, service
ORDER BY max(abs(scale_factor - 1)) DESC, agency, service
