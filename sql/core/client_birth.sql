-- Purpose: the day of birth of each client, in the century that fits.
-- Grain: row of a clients file. Inputs: clients, registers, care homes. Conserves: every row once; no day or month changes.
-- A year of two digits does not say its century, and a spreadsheet that makes four of it guesses. The register's year decides where
-- the client has a CHI number of it; else nobody is born years after the file, or lives in a care home for good and is under eighteen:
-- who seems to was born a century before.
WITH born AS (
    SELECT DISTINCT chi_number, date_of_birth FROM staged.population_register
),
for_good AS (
    SELECT agency, social_care_id, min(admission_date) AS admission_date
    FROM staged.care_home
    WHERE admission_type = '3'
    GROUP BY agency, social_care_id
),
known AS (
    SELECT
        clients.agency, clients.social_care_id, clients.period, clients.date_of_birth,
        clients.date_of_birth - INTERVAL 100 YEAR AS century_before,
        clients.date_of_birth + INTERVAL 100 YEAR AS century_after,
        clients.chi_number, for_good.admission_date
    FROM staged.clients
    LEFT JOIN for_good ON for_good.agency = clients.agency AND for_good.social_care_id = clients.social_care_id
),
final AS (
    SELECT
        known.agency, known.social_care_id, known.period,
        CAST(
            CASE
                WHEN bool_or(year(born.date_of_birth) = year(known.date_of_birth)) THEN known.date_of_birth
                WHEN bool_or(year(born.date_of_birth) = year(known.century_before)) THEN known.century_before
                WHEN bool_or(year(born.date_of_birth) = year(known.century_after)) THEN known.century_after
                WHEN known.date_of_birth > CAST(known.period || '-01' AS DATE) + INTERVAL 1 YEAR THEN known.century_before
                WHEN bool_or(born.date_of_birth IS NOT NULL) THEN known.date_of_birth
                WHEN known.date_of_birth + INTERVAL 18 YEAR > known.admission_date THEN known.century_before
                ELSE known.date_of_birth
            END AS DATE
        ) AS date_of_birth
    FROM known
    LEFT JOIN born ON born.chi_number = known.chi_number
    GROUP BY
        known.agency, known.social_care_id, known.period, known.date_of_birth, known.century_before, known.century_after,
        known.admission_date
)
SELECT * FROM final
