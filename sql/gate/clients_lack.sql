-- Purpose: agencies whose latest clients file leaves out names or dates of birth: fewer of its clients are found in the register, and how
-- many are missed cannot be told. Grain: agency × what is left out. Inputs: staged clients, link. Named, not blocking.
WITH sent AS (
    SELECT agency, period, lag(period) OVER (PARTITION BY agency ORDER BY period) AS period_before
    FROM (SELECT DISTINCT agency, period FROM staged.clients) -- noqa: ST05
    QUALIFY row_number() OVER (PARTITION BY agency ORDER BY period DESC) = 1
),
counted AS (
    SELECT agency, period, 'forename' AS name, count(*) - count(forename) AS missing, count(*) AS clients FROM staged.clients GROUP BY agency, period
    UNION ALL
    SELECT agency, period, 'surname' AS name, count(*) - count(surname) AS missing, count(*) AS clients FROM staged.clients GROUP BY agency, period
    UNION ALL
    SELECT agency, period, 'date_of_birth' AS name, count(*) - count(date_of_birth) AS missing, count(*) AS clients
    FROM staged.clients
    GROUP BY agency, period
),
emptied AS (
    SELECT
        now.agency,
        'clients without ' || now.name || ': ' || CAST(now.missing AS VARCHAR) || ' of ' || CAST(now.clients AS VARCHAR) || ' in ' || now.period
            || CASE
                WHEN earlier.missing * 2 <= earlier.clients
                    THEN ', in the file before ' || CAST(earlier.missing AS VARCHAR) || ' of ' || CAST(earlier.clients AS VARCHAR)
                ELSE ''
            END AS found
    FROM sent
    JOIN counted AS now ON now.agency = sent.agency AND now.period = sent.period
    LEFT JOIN counted AS earlier ON earlier.agency = sent.agency AND earlier.period = sent.period_before AND earlier.name = now.name
    WHERE now.missing * 2 > now.clients
),
not_told AS (
    SELECT
        agency,
        'of ' || CAST(count(*) FILTER (WHERE chance_in_register IS NULL) AS VARCHAR) || ' clients of ' || CAST(count(*) AS VARCHAR)
            || ' too little is written to tell whether they are in the register: estimated_recall is empty' AS found
    FROM core.link
    GROUP BY agency
    HAVING count(*) FILTER (WHERE chance_in_register IS NULL) * 20 > count(*) -- as sql/mart/link_quality.sql
),
final AS (
    SELECT agency, found FROM emptied
    UNION ALL
    SELECT agency, found FROM not_told
)
SELECT * FROM final ORDER BY agency, found
