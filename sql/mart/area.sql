-- Purpose: codes, names and dates of the partners' councils, partnerships and localities.
-- Grain: kind × code × name × first day. Inputs: data_zone_area, agencies, data_zones, localities, code_history.
-- Conserves: every council, partnership and locality that a line's home can be in; those outside the partners' area are left out.
WITH own_zone AS (
    SELECT area.*, data_zones.HSCPName AS partnership_name, localities.SubHSCP AS locality_code
    FROM core.data_zone_area AS area
    JOIN reference.data_zones ON data_zones.DataZone = area.data_zone
    LEFT JOIN reference.localities ON localities.DataZone = area.data_zone
    WHERE area.locality <> 'Outside Tayside'
),
own_council AS (
    SELECT DISTINCT
        'council' AS kind, own_zone.council AS code, agencies.name, own_zone.council, agencies.valid_from, agencies.valid_to
    FROM own_zone
    LEFT JOIN reference.agencies ON agencies.agency = own_zone.council_agency AND agencies.code = own_zone.council
    UNION
    -- The codes that the council had before.
    SELECT 'council', agencies.code, agencies.name, own_zone.council, agencies.valid_from, agencies.valid_to
    FROM own_zone
    JOIN reference.agencies ON agencies.agency = own_zone.council_agency AND agencies.code <> own_zone.council
),
partnership AS (
    SELECT
        'partnership' AS kind, own_zone.hscp AS code, min(own_zone.partnership_name) AS name, min(own_zone.council) AS council,
        max(code_history.changed_on) AS valid_from, CAST(NULL AS DATE) AS valid_to
    FROM own_zone
    LEFT JOIN reference.code_history ON code_history.kind = 'partnership' AND code_history.new_code = own_zone.hscp
    GROUP BY own_zone.hscp
),
locality AS (
    SELECT
        'locality' AS kind, min(locality_code) AS code, locality AS name, council, CAST(NULL AS DATE) AS valid_from,
        CAST(NULL AS DATE) AS valid_to
    FROM own_zone
    GROUP BY council, locality
),
final AS (
    SELECT * FROM own_council
    UNION ALL SELECT * FROM partnership
    UNION ALL SELECT * FROM locality
)
SELECT * FROM final ORDER BY kind, council, code NULLS LAST, name NULLS LAST, valid_from NULLS FIRST
