-- Purpose: the unit cost of each combination of agency, service, year, specialty, location and variant that records need.
-- Grain: one row a needed combination. Inputs: record_month (months of the dataset), unit_costs.
-- Conserves: nothing is borrowed from another year; no match leaves NULL, two equal ones are counted for the caller to refuse.
WITH needed AS (
    SELECT DISTINCT
        agency, service, financial_year_of(month) AS financial_year, specialty_code, location_code, variant
    FROM core.record_month
    WHERE method = 'rate' AND in_window
),
candidate AS (
    SELECT
        needed.*, unit_costs.unit_cost, unit_costs.price_base, unit_costs.source AS price_source,
        CAST(unit_costs.agency IS NOT NULL AS INTEGER) + CAST(unit_costs.specialty_code IS NOT NULL AS INTEGER)
            + CAST(unit_costs.location_code IS NOT NULL AS INTEGER) + CAST(unit_costs.variant IS NOT NULL AS INTEGER) AS specificity
    FROM needed
    JOIN reference.unit_costs
        ON unit_costs.service = needed.service
        AND unit_costs.financial_year = needed.financial_year
        AND coalesce(unit_costs.agency, needed.agency) = needed.agency
        AND (unit_costs.specialty_code IS NULL OR unit_costs.specialty_code = needed.specialty_code)
        AND (unit_costs.location_code IS NULL OR unit_costs.location_code = needed.location_code)
        AND (unit_costs.variant IS NULL OR unit_costs.variant = needed.variant)
),
ranked AS (
    SELECT
        *,
        rank() OVER (
            PARTITION BY agency, service, financial_year, specialty_code, location_code, variant ORDER BY specificity DESC
        ) AS match_rank
    FROM candidate
),
best AS (
    SELECT
        agency, service, financial_year, specialty_code, location_code, variant,
        min(unit_cost) AS unit_cost, min(price_base) AS price_base, min(price_source) AS price_source, count(*) AS match_count
    FROM ranked
    WHERE match_rank = 1
    GROUP BY ALL
),
priced AS (
    SELECT service, financial_year, agency FROM reference.unit_costs
),
final AS (
    SELECT
        needed.*, best.unit_cost, best.price_base, best.price_source, coalesce(best.match_count, 0) AS match_count,
        NOT EXISTS (
            SELECT 1 FROM priced
            WHERE priced.service = needed.service AND priced.financial_year = needed.financial_year
                AND coalesce(priced.agency, needed.agency) = needed.agency
        ) AND EXISTS (
            SELECT 1 FROM priced
            WHERE priced.service = needed.service AND coalesce(priced.agency, needed.agency) = needed.agency
        ) AS is_year_missing
    FROM needed
    LEFT JOIN best
        ON best.agency = needed.agency AND best.service = needed.service AND best.financial_year = needed.financial_year
        AND best.specialty_code IS NOT DISTINCT FROM needed.specialty_code
        AND best.location_code IS NOT DISTINCT FROM needed.location_code
        AND best.variant IS NOT DISTINCT FROM needed.variant
)
SELECT * FROM final ORDER BY ALL
