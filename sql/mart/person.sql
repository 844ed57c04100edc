-- Purpose: every person with a cost line, without any identifier. Grain: person.
-- Inputs: cost_line, person_home, data_zone_area, refresh. Conserves: every person_id of cost_line once.
WITH months AS (
    SELECT
        person_id, min(month) AS first_month, max(month) AS last_month,
        bool_or(link_method = 'decision') AS has_decision, bool_or(link_method = 'probabilistic') AS has_probabilistic,
        bool_or(link_method = 'unlinked') AS has_unlinked
    FROM core.cost_line
    WHERE person_id IS NOT NULL
    GROUP BY person_id
),
final AS (
    SELECT
        months.person_id, months.first_month, months.last_month, home.sex,
        age_band_of(home.date_of_birth, refresh.period_end) AS age_band,
        coalesce(area.council, 'Unknown') AS council, coalesce(area.locality, 'Unknown') AS locality,
        home.data_zone, area.simd_quintile, home.date_of_death IS NOT NULL AS is_deceased,
        month_of(home.date_of_death) AS month_of_death,
        -- The least certain of the person's links.
        CASE
            WHEN months.has_unlinked THEN 'unlinked' WHEN months.has_probabilistic THEN 'probabilistic'
            WHEN months.has_decision THEN 'decision' ELSE 'chi'
        END AS link_method
    FROM months
    JOIN core.person_home AS home USING (person_id)
    LEFT JOIN core.data_zone_area AS area ON area.data_zone = home.data_zone
    CROSS JOIN core.refresh
)
SELECT * FROM final ORDER BY person_id
