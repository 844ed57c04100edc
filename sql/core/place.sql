-- Purpose: what each data zone belongs to: council, partnership, locality, deprivation.
-- Grain: data zone. Inputs: the published zone, locality and SIMD tables, code history, agencies.
-- Conserves: every zone once. A zone of ours without a locality is Unknown; a zone of another council is Outside Tayside.
WITH RECURSIVE followed AS (
    SELECT kind, old_code, new_code FROM reference.code_history
    UNION
    SELECT followed.kind, followed.old_code, history.new_code
    FROM followed
    JOIN reference.code_history AS history ON history.kind = followed.kind AND history.old_code = followed.new_code
),
code_now AS (
    -- A code may change more than once: the last one counts.
    SELECT followed.*
    FROM followed
    ANTI JOIN reference.code_history AS history ON history.kind = followed.kind AND history.old_code = followed.new_code
),
coded AS (
    SELECT
        data_zones.DataZone AS data_zone,
        coalesce(council.new_code, data_zones.CA) AS council,
        coalesce(partnership.new_code, data_zones.HSCP) AS hscp
    FROM reference.data_zones
    LEFT JOIN code_now AS council ON council.kind = 'council' AND council.old_code = data_zones.CA
    LEFT JOIN code_now AS partnership ON partnership.kind = 'partnership' AND partnership.old_code = data_zones.HSCP
),
ours AS (
    SELECT DISTINCT code FROM reference.agencies WHERE kind = 'council'
),
final AS (
    SELECT
        coded.data_zone, coded.council, coded.hscp,
        CASE WHEN ours.code IS NULL THEN 'Outside Tayside' ELSE coalesce(localities.SubHSCPName, 'Unknown') END AS locality,
        simd.SIMD2020V2CountryQuintile AS simd_quintile
    FROM coded
    LEFT JOIN ours ON ours.code = coded.council
    LEFT JOIN reference.localities ON localities.DataZone = coded.data_zone
    LEFT JOIN reference.simd ON simd.DataZone = coded.data_zone
)
SELECT * FROM final ORDER BY data_zone
