-- Purpose: residuals held because scaling would leave its band. Grain: agency × service × month. Named, not blocking.
WITH final AS (
    SELECT
        agency, service, strftime(month, '%Y-%m') AS month,
        '£' || CAST(residual AS VARCHAR) || ' held' AS held,
        'ledger £' || CAST(quantum AS VARCHAR) AS ledger, 'records £' || CAST(direct AS VARCHAR) AS records
    FROM core.service_month
    WHERE is_out_of_band
)
SELECT * FROM final ORDER BY ALL
