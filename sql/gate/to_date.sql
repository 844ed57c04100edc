-- Purpose: years whose bridge to date is not the sum of its months. Grain: agency × service × financial year. Holds when empty.
WITH months AS (
    SELECT agency, service, financial_year, sum(ledger) AS ledger, sum(attributed) AS attributed, sum(published) AS published
    FROM mart.bridge
    GROUP BY ALL
),
final AS (
    SELECT agency, service, financial_year, months.published, to_date.published AS published_to_date
    FROM months
    FULL JOIN mart.bridge_to_date AS to_date USING (agency, service, financial_year)
    WHERE months.ledger IS DISTINCT FROM to_date.ledger OR months.attributed IS DISTINCT FROM to_date.attributed
        OR months.published IS DISTINCT FROM to_date.published
)
SELECT * FROM final ORDER BY ALL
