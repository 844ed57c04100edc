-- Purpose: everybody who can be compared: age, sex, home, deprivation and month of death of who has a home in the partners' area.
-- Grain: person. Inputs: person. Conserves: every such person once.
WITH final AS (
    SELECT
        person_id, sex, age_band, coalesce(simd_quintile, 0) AS simd_quintile, strftime(month_of_death, '%Y-%m') AS month_of_death,
        is_own_area(council, locality) AS has_home
    FROM release.person
)
SELECT * FROM final ORDER BY person_id
