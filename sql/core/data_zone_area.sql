-- Purpose: what each data zone belongs to: council, partnership, locality, deprivation, and the agencies whose area it is in.
-- Grain: data zone. Inputs: the published zone, locality and SIMD tables, code history, agencies.
-- Conserves: every zone once. A zone is ours if its council or its board is an agency, by the codes of now. One of ours
-- without a locality is Unknown; any other is Outside Tayside.
WITH RECURSIVE history AS (
    -- A board's code is called board or health_board.
    SELECT DISTINCT CASE WHEN kind IN ('council', 'partnership') THEN kind ELSE 'board' END AS kind, old_code, new_code
    FROM reference.code_history
),
followed AS (
    -- Ten changes are more than any code has had: beyond them it is a ring, which ends nowhere.
    SELECT kind, old_code, new_code, 1 AS step FROM history
    UNION ALL
    SELECT followed.kind, followed.old_code, history.new_code, followed.step + 1 AS step
    FROM followed
    JOIN history ON history.kind = followed.kind AND history.old_code = followed.new_code
    WHERE followed.step < 10
),
code_now AS (
    -- A code may change more than once: the last one counts.
    SELECT DISTINCT followed.kind, followed.old_code, followed.new_code
    FROM followed
    ANTI JOIN history ON history.kind = followed.kind AND history.old_code = followed.new_code
),
coded AS (
    SELECT
        data_zones.DataZone AS data_zone,
        coalesce(council.new_code, data_zones.CA) AS council,
        coalesce(partnership.new_code, data_zones.HSCP) AS hscp,
        coalesce(board.new_code, data_zones.HB) AS board
    FROM reference.data_zones
    LEFT JOIN code_now AS council ON council.kind = 'council' AND council.old_code = data_zones.CA
    LEFT JOIN code_now AS partnership ON partnership.kind = 'partnership' AND partnership.old_code = data_zones.HSCP
    LEFT JOIN code_now AS board ON board.kind = 'board' AND board.old_code = data_zones.HB
),
agency_kind AS (
    SELECT agency, code, CASE kind WHEN 'nhs_board' THEN 'board' ELSE 'council' END AS kind FROM reference.agencies
),
agency_area AS (
    -- Dated rows of one agency, whose code may have changed, are one area.
    SELECT agency_kind.kind, coalesce(code_now.new_code, agency_kind.code) AS code, min(agency_kind.agency) AS agency
    FROM agency_kind
    LEFT JOIN code_now ON code_now.kind = agency_kind.kind AND code_now.old_code = agency_kind.code
    GROUP BY ALL
),
final AS (
    SELECT
        coded.data_zone, coded.council, coded.hscp,
        CASE
            WHEN own_council.agency IS NULL AND own_board.agency IS NULL THEN 'Outside Tayside'
            ELSE coalesce(localities.SubHSCPName, 'Unknown')
        END AS locality,
        simd.SIMD2020V2CountryQuintile AS simd_quintile, own_council.agency AS council_agency, own_board.agency AS board_agency
    FROM coded
    LEFT JOIN agency_area AS own_council ON own_council.kind = 'council' AND own_council.code = coded.council
    LEFT JOIN agency_area AS own_board ON own_board.kind = 'board' AND own_board.code = coded.board
    LEFT JOIN reference.localities ON localities.DataZone = coded.data_zone
    LEFT JOIN reference.simd ON simd.DataZone = coded.data_zone
)
SELECT * FROM final ORDER BY data_zone
