-- Purpose: what each data zone belongs to, so that residents and cost can be summed by any of it.
-- Grain: data zone. Inputs: place. Conserves: every zone of the published list once.
WITH final AS (
    SELECT data_zone, council, hscp, locality, simd_quintile FROM core.place
)
SELECT * FROM final ORDER BY data_zone
