-- Purpose: every pound of every ledger on one line: records with their share of the residual, what is held of records in
-- quarantine, and the lines of what is left.
-- Grain: part of a source record (or residual) × month. Inputs: record_cost, residual_share, chi_alias, link,
-- person_home, data_zone_area, postcode_zone, located_residual, held, withheld, agencies, services, refresh.
-- Conserves: for every agency, service and month Σ cost = Q.
WITH refresh AS (
    SELECT unhex(inner_pad) AS inner_key, unhex(outer_pad) AS outer_key FROM core.refresh
),
divided AS (
    SELECT
        cost.*,
        floor_quotient(pence(share.residual) * pence(cost.direct_cost), pence(share.direct)) AS whole_pence,
        floor_remainder(pence(share.residual) * pence(cost.direct_cost), pence(share.direct)) AS remainder,
        pence(share.last_remainder) AS last_remainder, share.last_direct_cost, share.last_line_id
    FROM core.record_cost AS cost
    LEFT JOIN core.residual_share AS share
        ON share.agency = cost.agency AND share.service = cost.service AND share.month = cost.month
    WHERE cost.in_window
),
shared AS (
    -- The lines down to the last that `residual_share` names have a penny more.
    SELECT
        *,
        coalesce(
            remainder > last_remainder
            OR (
                remainder = last_remainder
                AND (direct_cost > last_direct_cost OR (direct_cost = last_direct_cost AND line_id <= last_line_id))
            ),
            FALSE
        ) AS has_penny_more
    FROM divided
),
about AS (
    SELECT
        shared.*,
        person_key_of(coalesce(chi_alias.current_chi, shared.chi_number, link.chi_number), shared.agency, shared.social_care_id) AS person_key,
        link_method_of(shared.chi_number, link.chi_number, link.link_method, shared.social_care_id) AS link_method, link.link_probability
    FROM shared
    LEFT JOIN core.chi_alias ON chi_alias.chi_number = shared.chi_number
    LEFT JOIN core.link ON link.agency = shared.agency AND link.social_care_id = shared.social_care_id
),
record_line AS (
    SELECT
        about.line_id, about.agency, about.service, about.month, home.person_id,
        CASE WHEN about.person_key IS NULL THEN record_zone.data_zone ELSE home.data_zone END AS data_zone,
        CAST(NULL AS VARCHAR) AS located_council, CAST(NULL AS VARCHAR) AS located_hscp, CAST(NULL AS VARCHAR) AS located_locality,
        age_band_of(home.date_of_birth, last_day(about.month)) AS age_band, coalesce(home.sex, '0') AS sex,
        about.units, about.cost_basis, about.direct_cost,
        coalesce(pounds(about.whole_pence + CAST(about.has_penny_more AS INTEGER)), CAST(0 AS DECIMAL(18, 2))) AS residual_cost,
        about.client_contribution, about.link_method, about.link_probability, about.source_file, about.source_row,
        about.price_base, about.price_source, about.specialty_code, about.location_code
    FROM about
    LEFT JOIN core.person_home AS home ON home.person_key = about.person_key
    LEFT JOIN core.postcode_zone AS record_zone ON record_zone.postcode = about.postcode
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
