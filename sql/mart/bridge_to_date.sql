-- Purpose: the bridge for each financial year, to the dataset's last month of it.
-- Grain: agency × service × financial year. Inputs: bridge. Conserves: every pound of the bridge.
WITH final AS (
    SELECT
        financial_year, max(max(month)) OVER (PARTITION BY financial_year) AS last_month, agency, service,
        CAST(sum(ledger) AS DECIMAL(18, 2)) AS ledger,
        CAST(sum(eliminated) AS DECIMAL(18, 2)) AS eliminated,
        CAST(sum(excluded) AS DECIMAL(18, 2)) AS excluded,
        CAST(sum(ledger_quantum) AS DECIMAL(18, 2)) AS ledger_quantum,
        CAST(sum(recorded) AS DECIMAL(18, 2)) AS recorded,
        CAST(sum(rated) AS DECIMAL(18, 2)) AS rated,
        CAST(sum(scaled) AS DECIMAL(18, 2)) AS scaled,
        CAST(sum(attributed) AS DECIMAL(18, 2)) AS attributed,
        CAST(sum(located) AS DECIMAL(18, 2)) AS located,
        CAST(sum(unallocated) AS DECIMAL(18, 2)) AS unallocated,
        CAST(sum(quarantined) AS DECIMAL(18, 2)) AS quarantined,
        CAST(sum(published) AS DECIMAL(18, 2)) AS published,
        CAST(sum(difference) AS DECIMAL(18, 2)) AS difference
    FROM mart.bridge
    GROUP BY financial_year, agency, service
)
SELECT * FROM final ORDER BY financial_year, agency, service
