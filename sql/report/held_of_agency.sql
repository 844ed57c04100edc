-- Purpose: pounds of records in quarantine, as the control totals have them. Grain: agency.
SELECT agency, CAST(sum(quarantined) AS DECIMAL(18, 2)) AS held FROM release.control_total GROUP BY agency ORDER BY agency
