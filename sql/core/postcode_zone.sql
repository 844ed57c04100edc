-- Purpose: the data zone of each postcode at the period's end. A postcode may have several lives.
-- Grain: postcode. Inputs: the postcode directory, refresh.
-- Conserves: every postcode that was introduced by then; of several lives the last one introduced.
WITH lives AS (
    SELECT
        normal_postcode(Postcode) AS postcode, DataZone2011Code AS data_zone,
        coalesce(DateOfIntroduction, DATE '0001-01-01') AS introduced
    FROM reference.postcodes
    WHERE DataZone2011Code IS NOT NULL
),
known AS (
    SELECT lives.* FROM lives CROSS JOIN core.refresh WHERE lives.introduced <= refresh.period_end
),
final AS (
    SELECT postcode, arg_max(data_zone, (introduced, data_zone)) AS data_zone
    FROM known
    WHERE postcode IS NOT NULL
    GROUP BY postcode
)
SELECT * FROM final ORDER BY postcode
