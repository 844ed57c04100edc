-- Purpose: what became of the residual of one service and month, and by which rule. Grain: agency × service × month.
-- Inputs: service_month, costing_rules; $agency, $service, $month. Conserves: the row once.
WITH final AS (
    SELECT
        service_month.treatment, service_month.is_out_of_band, service_month.population_weight, service_month.residual,
        rules.method, rules.residual AS policy, rules.band_low, rules.band_high
    FROM core.service_month
    LEFT JOIN reference.costing_rules AS rules ON rules.agency = service_month.agency AND rules.service = service_month.service
    WHERE service_month.agency = $agency AND service_month.service = $service AND service_month.month = $month
)
SELECT * FROM final
