-- Purpose: people's years whose cost is not that of client_month_cost. Grain: person × financial year. Holds when empty.
WITH summed AS (
    SELECT
        financial_year, person_id, sum(cost) AS cost, sum(cost) FILTER (WHERE sector = 'nhs') AS nhs_cost,
        sum(cost) FILTER (WHERE sector = 'social_care') AS social_care_cost,
        sum(cost) FILTER (WHERE setting = 'institutional') AS institutional_cost,
        sum(cost) FILTER (WHERE setting = 'community') AS community_cost
    FROM release.client_month_cost
    GROUP BY financial_year, person_id
)
SELECT financial_year, count(*) AS people
FROM release.person_year
FULL JOIN summed USING (financial_year, person_id)
WHERE
    (person_year.cost, person_year.nhs_cost, person_year.social_care_cost, person_year.institutional_cost, person_year.community_cost)
    IS DISTINCT FROM (summed.cost, summed.nhs_cost, summed.social_care_cost, summed.institutional_cost, summed.community_cost)
GROUP BY financial_year
ORDER BY financial_year
