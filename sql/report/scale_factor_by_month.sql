-- Purpose: by how much records are scaled to the ledger, over time. Grain: agency × service × month, but for months with records of
-- fewer than 5 people.
SELECT agency, service, month, scale_factor
FROM release.control_total
WHERE scale_factor IS NOT NULL AND people NOT BETWEEN 1 AND 4
ORDER BY agency, service, month
