-- Purpose: institutional beside community care of everybody, and how many people it is of: few are not told of.
-- Grain: financial_year × area_kind × area × setting, for tayside, councils and localities. Inputs: balance_of_care, person_year, person.
-- people: those with a line of the setting in the year; 0 where all its pounds are on nobody.
WITH area_kinds AS (
    SELECT unnest(['tayside', 'council', 'locality']) AS area_kind
),
cared_for AS (
    SELECT
        person_year.financial_year, person.council, person.locality,
        count(person_year.institutional_cost) AS institutional, count(person_year.community_cost) AS community
    FROM release.person_year
    JOIN release.person USING (person_id)
    GROUP BY ALL
),
by_setting AS (
    SELECT financial_year, council, locality, 'institutional' AS setting, institutional AS people FROM cared_for
    UNION ALL
    SELECT financial_year, council, locality, 'community' AS setting, community AS people FROM cared_for
),
counted AS (
    SELECT
        by_setting.financial_year, area_kinds.area_kind, area_of(area_kinds.area_kind, by_setting.council, by_setting.locality, NULL) AS area,
        by_setting.setting, CAST(sum(by_setting.people) AS BIGINT) AS people
    FROM by_setting
    CROSS JOIN area_kinds
    GROUP BY ALL
),
final AS (
    SELECT balance.*, coalesce(counted.people, 0) AS people
    FROM release.balance_of_care AS balance
    LEFT JOIN counted USING (financial_year, area_kind, area, setting)
    WHERE balance.age_group = 'all' AND balance.area_kind IN ('tayside', 'council', 'locality')
)
SELECT * FROM final ORDER BY financial_year, area_kind, area, setting
