-- Purpose: every pound of every ledger on one line: records with their share of the residual, what is held of records in
-- quarantine, and the lines of what is left.
-- Grain: part of a source record (or residual) × month. Inputs: residual_share, record_person, person_home,
-- data_zone_area, postcode_zone, located_residual, held, withheld, agencies, services, refresh.
-- Conserves: for every agency, service and month Σ cost = Q.
WITH refresh AS (
    SELECT unhex(inner_pad) AS inner_key, unhex(outer_pad) AS outer_key FROM core.refresh
),
record_line AS (
    SELECT
        share.line_id, share.agency, share.service, share.month, home.person_id,
        CASE WHEN record_person.person_key IS NULL THEN record_zone.data_zone ELSE home.data_zone END AS data_zone,
        CAST(NULL AS VARCHAR) AS located_council, CAST(NULL AS VARCHAR) AS located_hscp, CAST(NULL AS VARCHAR) AS located_locality,
        age_band_of(home.date_of_birth, last_day(share.month)) AS age_band, coalesce(home.sex, '0') AS sex,
        share.units, share.cost_basis, share.direct_cost, share.residual_cost, share.client_contribution,
        record_person.link_method, record_person.link_probability, share.source_file, share.source_row,
        share.price_base, share.price_source, share.specialty_code, share.location_code
    FROM core.residual_share AS share
    JOIN core.record_person
        ON record_person.agency = share.agency AND record_person.feed = share.feed
        AND record_person.record_key = share.record_key AND record_person.part = share.part
    LEFT JOIN core.person_home AS home ON home.person_key = record_person.person_key
    LEFT JOIN core.postcode_zone AS record_zone ON record_zone.postcode = share.postcode
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
    FROM core.located_residual
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
