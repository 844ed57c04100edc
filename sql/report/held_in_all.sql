-- Purpose: pounds of records in quarantine, as the control totals have them. Grain: one row.
SELECT CAST(coalesce(sum(quarantined), 0) AS DECIMAL(18, 2)) AS held FROM release.control_total
