-- Purpose: every pound of every ledger on one line: records with their share of the residual, what is held of records in
-- quarantine, and the lines of what is left.
-- Grain: part of a source record (or residual) × month. Inputs: record_cost, record, record_person, person_home, data_zone_area,
-- postcode_zone, held, service_month, withheld, population, agencies, services, refresh.
-- Conserves: for every agency, service and month Σ cost = Q. Residuals are split in pence by largest remainder
-- (ties by larger cost, then line_id).
WITH refresh AS (
    SELECT *, unhex(inner_pad) AS inner_key, unhex(outer_pad) AS outer_key FROM core.refresh
),
direct_line AS (
    SELECT
        keyed_hash(refresh.inner_key, refresh.outer_key,
            concat_ws(chr(31), cost.agency, cost.feed, cost.record_key, cost.part, cost.service, CAST(cost.month AS VARCHAR))) AS line_id,
        cost.agency, cost.service, cost.month, cost.units, cost.cost_basis, cost.direct_cost, cost.client_contribution,
        record_person.person_key, record_person.link_method, record_person.link_probability,
        record.source_file, record.source_row, record.postcode, cost.price_base, cost.price_source,
        record.specialty_code, record.location_code
    FROM core.record_cost AS cost
    JOIN core.record
        ON record.agency = cost.agency AND record.feed = cost.feed AND record.record_key = cost.record_key
        AND record.part = cost.part AND record.fate = 'accepted' AND record.is_lead
    JOIN core.record_person
        ON record_person.agency = cost.agency AND record_person.feed = cost.feed AND record_person.record_key = cost.record_key
        AND record_person.part = cost.part
    CROSS JOIN refresh
    WHERE cost.in_window
),
scaled AS (
    SELECT
        direct_line.*,
        CAST(sum(pence(direct_cost)) OVER service AS HUGEINT) AS weights,
        CASE WHEN service_month.treatment = 'scale' AND direct_cost IS NOT NULL THEN pence(service_month.residual) END AS residual_pence
    FROM direct_line
    JOIN core.service_month USING (agency, service, month)
    WINDOW service AS (PARTITION BY agency, service, month)
),
shared AS (
    SELECT
        *,
        floor_quotient(residual_pence * pence(direct_cost), weights) AS share,
        floor_remainder(residual_pence * pence(direct_cost), weights) AS remainder
    FROM scaled
),
placed AS (
    SELECT
        *,
        residual_pence - sum(share) OVER (PARTITION BY agency, service, month) AS left_over,
        row_number() OVER (
            PARTITION BY agency, service, month ORDER BY remainder DESC NULLS LAST, direct_cost DESC NULLS LAST, line_id
        ) AS place
    FROM shared
),
record_line AS (
    SELECT
        placed.line_id, placed.agency, placed.service, placed.month, home.person_id,
        CASE WHEN placed.person_key IS NULL THEN record_zone.data_zone ELSE home.data_zone END AS data_zone,
        CAST(NULL AS VARCHAR) AS located_council, CAST(NULL AS VARCHAR) AS located_hscp, CAST(NULL AS VARCHAR) AS located_locality,
        age_band_of(home.date_of_birth, last_day(placed.month)) AS age_band,
        coalesce(home.sex, '0') AS sex,
        placed.units, placed.cost_basis, placed.direct_cost,
        coalesce(pounds(placed.share + CAST(placed.place <= placed.left_over AS INTEGER)), CAST(0 AS DECIMAL(18, 2))) AS residual_cost,
        placed.client_contribution, placed.link_method, placed.link_probability, placed.source_file, placed.source_row,
        placed.price_base, placed.price_source, placed.specialty_code, placed.location_code
    FROM placed
    LEFT JOIN core.person_home AS home ON home.person_key = placed.person_key
    LEFT JOIN core.postcode_zone AS record_zone ON record_zone.postcode = placed.postcode
),
own_zone AS (
    -- A council's own area, and a board's.
    SELECT council_agency AS agency, data_zone, council, hscp, locality FROM core.data_zone_area WHERE council_agency IS NOT NULL
    UNION ALL
    SELECT board_agency, data_zone, council, hscp, locality FROM core.data_zone_area WHERE board_agency IS NOT NULL
),
zone_resident AS (
    SELECT
        DataZone AS data_zone, Population AS everyone,
        CASE WHEN TRY_CAST(Age AS INTEGER) >= 65 THEN Population ELSE 0 END AS aged_65,
        CASE WHEN TRY_CAST(Age AS INTEGER) >= 75 THEN Population ELSE 0 END AS aged_75
    FROM reference.population
    WHERE Sex IN ('Male', 'Female') AND TRY_CAST(Age AS INTEGER) IS NOT NULL
        AND Year = (SELECT max(population.Year) FROM reference.population JOIN own_zone ON own_zone.data_zone = population.DataZone)
),
agency_resident AS (
    SELECT
        own_zone.agency, own_zone.council, min(own_zone.hscp) AS hscp, own_zone.locality,
        sum(everyone) AS everyone, sum(aged_65) AS aged_65, sum(aged_75) AS aged_75
    FROM zone_resident
    JOIN own_zone USING (data_zone)
    GROUP BY own_zone.agency, own_zone.council, own_zone.locality
),
located_weight AS (
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
located_total AS (
    SELECT *, CAST(sum(weight) OVER (PARTITION BY agency, service, month) AS HUGEINT) AS weights FROM located_weight
),
located_share AS (
    SELECT
        *,
        floor_quotient(residual_pence * weight, weights) AS share,
        floor_remainder(residual_pence * weight, weights) AS remainder
    FROM located_total
    WHERE weights > 0
),
located_place AS (
    SELECT
        *,
        residual_pence - sum(share) OVER (PARTITION BY agency, service, month) AS left_over,
        row_number() OVER (
            PARTITION BY agency, service, month ORDER BY remainder DESC, weight DESC, council, locality
        ) AS place
    FROM located_share
),
residual_amount AS (
    SELECT
        agency, service, month, 'located' AS cost_basis, council, hscp, locality,
        pounds(share + CAST(place <= left_over AS INTEGER)) AS amount
    FROM located_place
    UNION ALL
    -- Held by rule, or for want of a resident to weigh.
    SELECT agency, service, month, 'unallocated', 'Unknown', 'Unknown', 'Unknown', residual
    FROM core.service_month
    ANTI JOIN located_share USING (agency, service, month)
    WHERE treatment IN ('hold', 'locality')
),
residual_line AS (
    SELECT
        keyed_hash(refresh.inner_key, refresh.outer_key,
            concat_ws(chr(31), agency, 'residual', cost_basis, council, locality, service, CAST(month AS VARCHAR))) AS line_id,
        agency, service, month, CAST(NULL AS VARCHAR) AS person_id, CAST(NULL AS VARCHAR) AS data_zone,
        council AS located_council, hscp AS located_hscp, locality AS located_locality, 'Unknown' AS age_band, '0' AS sex,
        CAST(NULL AS DECIMAL(18, 4)) AS units, cost_basis, CAST(NULL AS DECIMAL(18, 2)) AS direct_cost, amount AS residual_cost,
        CAST(NULL AS DECIMAL(18, 2)) AS client_contribution, 'none' AS link_method, CAST(NULL AS DECIMAL(18, 6)) AS link_probability,
        CAST(NULL AS VARCHAR) AS source_file, CAST(NULL AS BIGINT) AS source_row,
        CAST(NULL AS VARCHAR) AS price_base, CAST(NULL AS VARCHAR) AS price_source,
        CAST(NULL AS VARCHAR) AS specialty_code, CAST(NULL AS VARCHAR) AS location_code
    FROM residual_amount
    CROSS JOIN refresh
),
held_line AS (
    -- H, each record with its file and row. It is about nobody: what the record says of a person was not accepted.
    SELECT
        keyed_hash(refresh.inner_key, refresh.outer_key,
            concat_ws(chr(31), agency, feed, record_key, part, service, CAST(month AS VARCHAR), 'quarantined', CAST(number AS VARCHAR))) AS line_id,
        agency, service, month, CAST(NULL AS VARCHAR) AS person_id, CAST(NULL AS VARCHAR) AS data_zone,
        'Unknown' AS located_council, 'Unknown' AS located_hscp, 'Unknown' AS located_locality, 'Unknown' AS age_band, '0' AS sex,
        CAST(NULL AS DECIMAL(18, 4)) AS units, 'quarantined' AS cost_basis, CAST(NULL AS DECIMAL(18, 2)) AS direct_cost, amount AS residual_cost,
        CAST(NULL AS DECIMAL(18, 2)) AS client_contribution, 'none' AS link_method, CAST(NULL AS DECIMAL(18, 6)) AS link_probability,
        source_file, source_row, CAST(NULL AS VARCHAR) AS price_base, CAST(NULL AS VARCHAR) AS price_source,
        CAST(NULL AS VARCHAR) AS specialty_code, CAST(NULL AS VARCHAR) AS location_code
    FROM core.held
    CROSS JOIN refresh
),
line AS (
    SELECT * FROM record_line
    UNION ALL
    SELECT * FROM residual_line
    UNION ALL
    SELECT * FROM held_line
),
paying_sector AS (
    -- An unmapped code belongs to the sector whose ledger it is in.
    SELECT DISTINCT agency, CASE kind WHEN 'nhs_board' THEN 'nhs' ELSE 'social_care' END AS sector FROM reference.agencies
),
final AS (
    SELECT
        line.line_id, financial_year_of(line.month) AS financial_year, line.month, line.agency,
        CASE WHEN line.service = 'unmapped' THEN paying_sector.sector ELSE services.sector END AS sector, line.service,
        coalesce(services.setting, 'community') AS setting, line.person_id,
        coalesce(line.located_council, area.council, 'Unknown') AS council,
        coalesce(line.located_hscp, area.hscp, 'Unknown') AS hscp,
        coalesce(line.located_locality, area.locality, 'Unknown') AS locality,
        line.data_zone, area.simd_quintile, line.age_band, line.sex, line.units, coalesce(services.unit, 'none') AS unit, line.cost_basis,
        line.direct_cost, line.residual_cost,
        CAST(coalesce(line.direct_cost, 0) + line.residual_cost AS DECIMAL(18, 2)) AS cost,
        line.client_contribution, line.link_method, line.link_probability,
        coalesce(specialty.shown, line.specialty_code) AS specialty_code, coalesce(location.shown, line.location_code) AS location_code,
        line.source_file, line.source_row, line.price_base, line.price_source
    FROM line
    LEFT JOIN reference.services ON services.service = line.service
    LEFT JOIN paying_sector ON paying_sector.agency = line.agency
    LEFT JOIN core.data_zone_area AS area ON area.data_zone = line.data_zone
    LEFT JOIN core.withheld AS specialty ON specialty.agency = line.agency AND specialty.text = line.specialty_code
    LEFT JOIN core.withheld AS location ON location.agency = line.agency AND location.text = line.location_code
)
SELECT * FROM final ORDER BY month, agency, service, line_id
