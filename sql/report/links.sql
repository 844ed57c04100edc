-- Purpose: how clients were linked in the last month. Grain: agency × link_method.
WITH latest AS (
    SELECT max(month) AS month FROM release.link_quality
)
SELECT agency, link_method, clients, cost, estimated_precision, estimated_recall
FROM release.link_quality
JOIN latest USING (month)
ORDER BY agency, link_method
