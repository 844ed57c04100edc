-- Purpose: what each data zone belongs to, so that residents and cost can be summed by any of it.
-- Grain: data zone. Inputs: data_zone_area. Conserves: every zone of the published list once.
WITH final AS (
    SELECT data_zone, council, hscp, locality, simd_quintile FROM core.data_zone_area
)
SELECT * FROM final ORDER BY data_zone
