-- Purpose: each person's age band and cost of a financial year.
-- Grain: person × financial year with a line, or with the death. Inputs: client_month_cost, person, person_home, refresh.
-- Conserves: the cost of every line with a person, in each of the two ways to part it.
WITH person_cost AS (
    SELECT
        financial_year, person_id,
        CAST(sum(cost) AS DECIMAL(18, 2)) AS cost,
        CAST(sum(cost) FILTER (WHERE sector = 'nhs') AS DECIMAL(18, 2)) AS nhs_cost,
        CAST(sum(cost) FILTER (WHERE sector = 'social_care') AS DECIMAL(18, 2)) AS social_care_cost,
        CAST(sum(cost) FILTER (WHERE setting = 'institutional') AS DECIMAL(18, 2)) AS institutional_cost,
        CAST(sum(cost) FILTER (WHERE setting = 'community') AS DECIMAL(18, 2)) AS community_cost
    FROM mart.client_month_cost
    GROUP BY financial_year, person_id
),
death AS (
    SELECT financial_year_of(person.month_of_death) AS financial_year, person.person_id
    FROM mart.person
    CROSS JOIN core.refresh
    WHERE person.month_of_death BETWEEN refresh.first_month AND refresh.last_month
),
known AS (
    SELECT
        coalesce(person_cost.financial_year, death.financial_year) AS financial_year,
        coalesce(person_cost.person_id, death.person_id) AS person_id, death.person_id IS NOT NULL AS is_death_known,
        person_cost.cost, person_cost.nhs_cost, person_cost.social_care_cost, person_cost.institutional_cost, person_cost.community_cost
    FROM person_cost
    FULL JOIN death ON death.person_id = person_cost.person_id AND death.financial_year = person_cost.financial_year
),
final AS (
    SELECT
        known.financial_year, known.person_id,
        five_year_band_of(age_at(home.date_of_birth, CAST(left(known.financial_year, 4) || '-09-30' AS DATE))) AS five_year_band,
        known.is_death_known AS has_died,
        known.cost, known.nhs_cost, known.social_care_cost, known.institutional_cost, known.community_cost
    FROM known
    JOIN core.person_home AS home USING (person_id)
)
SELECT * FROM final ORDER BY financial_year, person_id
