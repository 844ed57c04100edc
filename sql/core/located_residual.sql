-- Purpose: the residual that no record bears: spread over the residents of the agency's localities, or held in one amount.
-- Grain: agency × service × month × cost_basis × council × locality. Inputs: service_month, data_zone_area, population.
-- Conserves: every residual of treatment locality or hold, to the penny (largest remainder; ties by larger weight, then
-- council and locality).
WITH own_zone AS (
    -- A council's own area, and a board's.
    SELECT council_agency AS agency, data_zone, council, hscp, locality FROM core.data_zone_area WHERE council_agency IS NOT NULL
    UNION ALL
    SELECT board_agency, data_zone, council, hscp, locality FROM core.data_zone_area WHERE board_agency IS NOT NULL
),
latest_estimate AS (
    SELECT max(population.Year) AS latest_year FROM reference.population JOIN own_zone ON own_zone.data_zone = population.DataZone
),
zone_resident AS (
    SELECT
        population.DataZone AS data_zone, population.Population AS everyone,
        CASE WHEN TRY_CAST(population.Age AS INTEGER) >= 65 THEN population.Population ELSE 0 END AS aged_65,
        CASE WHEN TRY_CAST(population.Age AS INTEGER) >= 75 THEN population.Population ELSE 0 END AS aged_75
    FROM reference.population
    JOIN latest_estimate ON latest_estimate.latest_year = population.Year
    WHERE population.Sex IN ('Male', 'Female') AND TRY_CAST(population.Age AS INTEGER) IS NOT NULL
),
agency_resident AS (
    SELECT
        own_zone.agency, own_zone.council, min(own_zone.hscp) AS hscp, own_zone.locality,
        sum(zone_resident.everyone) AS everyone, sum(zone_resident.aged_65) AS aged_65, sum(zone_resident.aged_75) AS aged_75
    FROM zone_resident
    JOIN own_zone USING (data_zone)
    GROUP BY own_zone.agency, own_zone.council, own_zone.locality
),
weighed AS (
    SELECT
        service_month.agency, service_month.service, service_month.month, pence(service_month.residual) AS residual_pence,
        agency_resident.council, agency_resident.hscp, agency_resident.locality,
        CAST(CASE service_month.population_weight
            WHEN '65+' THEN agency_resident.aged_65
            WHEN '75+' THEN agency_resident.aged_75
            ELSE agency_resident.everyone
        END AS HUGEINT) AS weight
    FROM core.service_month
    JOIN agency_resident USING (agency)
    WHERE service_month.treatment = 'locality'
),
totalled AS (
    SELECT *, CAST(sum(weight) OVER (PARTITION BY agency, service, month) AS HUGEINT) AS weights FROM weighed
),
floored AS (
    SELECT
        *,
        floor_quotient(residual_pence * weight, weights) AS share,
        floor_remainder(residual_pence * weight, weights) AS remainder
    FROM totalled
    WHERE weights > 0
),
ranked AS (
    SELECT
        *,
        residual_pence - sum(share) OVER (PARTITION BY agency, service, month) AS left_over,
        row_number() OVER (
            PARTITION BY agency, service, month ORDER BY remainder DESC, weight DESC, council, locality
        ) AS remainder_rank
    FROM floored
),
final AS (
    SELECT
        agency, service, month, 'located' AS cost_basis, council, hscp, locality,
        pounds(share + CAST(remainder_rank <= left_over AS INTEGER)) AS amount
    FROM ranked
    UNION ALL
    -- Held by rule, or for want of a resident to weigh.
    SELECT agency, service, month, 'unallocated', 'Unknown', 'Unknown', 'Unknown', residual
    FROM core.service_month
    ANTI JOIN floored USING (agency, service, month)
    WHERE treatment IN ('hold', 'locality')
)
SELECT * FROM final ORDER BY agency, service, month, council, locality
