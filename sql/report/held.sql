-- Purpose: pounds that are on no person and in no locality, by the reason. Grain: agency × service × status.
SELECT
    agency, service, status, count(*) AS months, CAST(sum(unallocated) AS DECIMAL(18, 2)) AS unallocated,
    CAST(sum(quarantined) AS DECIMAL(18, 2)) AS quarantined
FROM release.control_total
WHERE unallocated <> 0 OR quarantined <> 0
GROUP BY agency, service, status
ORDER BY abs(sum(unallocated + quarantined)) DESC, agency, service, status
