-- Purpose: what became of each service's ledger in the latest financial year, and on how many people. Grain: agency × service.
-- Conserves: every pound of the year's quanta.
WITH latest AS (
    SELECT max(financial_year) AS financial_year FROM release.control_total
),
people AS (
    SELECT cost.agency, cost.service, count(DISTINCT cost.person_id) AS people
    FROM release.client_month_cost AS cost
    JOIN latest USING (financial_year)
    GROUP BY ALL
),
spent AS (
    SELECT
        agency, service, CAST(sum(ledger_quantum) AS DECIMAL(18, 2)) AS quantum, CAST(sum(direct) AS DECIMAL(18, 2)) AS direct,
        CAST(sum(scaled) AS DECIMAL(18, 2)) AS scaled, CAST(sum(located) AS DECIMAL(18, 2)) AS located,
        CAST(sum(unallocated) AS DECIMAL(18, 2)) AS unallocated, CAST(sum(quarantined) AS DECIMAL(18, 2)) AS quarantined,
        CAST(sum(difference) AS DECIMAL(18, 2)) AS difference
    FROM release.control_total
    JOIN latest USING (financial_year)
    GROUP BY agency, service
)
SELECT spent.*, coalesce(people.people, 0) AS people
FROM spent
LEFT JOIN people ON people.agency = spent.agency AND people.service = spent.service
ORDER BY spent.agency, spent.service
