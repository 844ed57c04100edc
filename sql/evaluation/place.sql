-- Purpose: the partners' councils and localities, as a declaration may name them. Grain: council × locality.
-- Inputs: data_zone, area. Conserves: every locality of the partners once.
WITH council AS (
    SELECT council, min(name) AS council_name FROM release.area WHERE kind = 'council' AND code = council GROUP BY council
),
final AS (
    SELECT DISTINCT data_zone.council, council.council_name, data_zone.locality
    FROM release.data_zone
    JOIN council USING (council)
    WHERE is_own_area(data_zone.council, data_zone.locality)
)
SELECT * FROM final ORDER BY council, locality
