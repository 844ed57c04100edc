-- Purpose: the measures of each file that are compared with those of the months before.
-- Grain: submission. Inputs: fates, activity and payment rows. Conserves: nothing; every row of a file counts, whatever its fate.
WITH per_person AS (
    SELECT
        agency, feed, period,
        CAST(sum(quantity) / count(DISTINCT coalesce(chi_number, social_care_id)) AS DECIMAL(18, 4)) AS units_per_person
    FROM core.record
    WHERE quantity IS NOT NULL AND coalesce(chi_number, social_care_id) IS NOT NULL
    GROUP BY agency, feed, period
),
final AS (
    SELECT
        fate.agency, fate.feed, fate.period,
        CAST(fate.accepted + fate.quarantined + fate.superseded AS DECIMAL(18, 4)) AS rows,
        CAST(fate.pounds_accepted + fate.pounds_quarantined + fate.pounds_superseded AS DECIMAL(18, 4)) AS pounds,
        per_person.units_per_person
    FROM core.fate
    LEFT JOIN per_person USING (agency, feed, period)
)
SELECT * FROM final ORDER BY agency, feed, period
