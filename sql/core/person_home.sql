-- Purpose: sex, dates and own home of every person with a record. In a care home, the last home before it counts.
-- Grain: person. Inputs: person_id, client_birth, chi_alias, link, record_person, postcode_zone, registers, clients and deaths of every period.
-- Conserves: every person of person_id once; what is not known stays NULL.
WITH register_row AS (
    SELECT
        person_key_of(coalesce(chi_alias.current_chi, register.chi_number), NULL, NULL) AS person_key, register.period, 2 AS source_rank,
        register.sex, register.date_of_birth, register.date_of_death, register.postcode, register.chi_number AS tie
    FROM staged.population_register AS register
    LEFT JOIN core.chi_alias USING (chi_number)
),
client_row AS (
    SELECT
        person_key_of(link.chi_number, clients.agency, clients.social_care_id) AS person_key,
        clients.period, 1 AS source_rank, clients.sex, client_birth.date_of_birth, clients.date_of_death, clients.postcode,
        clients.agency || clients.social_care_id AS tie
    FROM staged.clients
    LEFT JOIN core.client_birth USING (agency, social_care_id, period)
    LEFT JOIN core.link USING (agency, social_care_id)
),
death_row AS (
    -- Deaths come from the registrar: their day counts before the register's and the council's, even where it is later.
    SELECT
        person_key_of(coalesce(chi_alias.current_chi, deaths.chi_number), NULL, NULL) AS person_key, deaths.period, 3 AS source_rank,
        CAST(NULL AS VARCHAR) AS sex, CAST(NULL AS DATE) AS date_of_birth, deaths.date_of_death,
        CAST(NULL AS VARCHAR) AS postcode, deaths.chi_number AS tie
    FROM staged.deaths
    LEFT JOIN core.chi_alias USING (chi_number)
),
known_row AS (
    SELECT * FROM register_row
    UNION ALL
    SELECT * FROM client_row
    UNION ALL
    SELECT * FROM death_row
),
own_row AS (
    SELECT known_row.* FROM known_row SEMI JOIN core.person_id USING (person_key)
),
care_home_address AS (
    SELECT DISTINCT record_person.person_key, care_home.care_home_postcode AS postcode
    FROM staged.care_home
    JOIN core.record_person
        ON record_person.agency = care_home.agency
        AND record_person.feed = 'care_home'
        AND record_person.record_key = care_home.record_key
    WHERE care_home.care_home_postcode IS NOT NULL
),
home AS (
    -- The register before the council's file, the latest period first; never the address of the person's care home, nor one
    -- that stands for no home.
    SELECT person_key, arg_max(postcode, (source_rank, period, tie)) AS postcode
    FROM own_row
    ANTI JOIN care_home_address USING (person_key, postcode)
    WHERE NOT is_dummy_postcode(postcode)
    GROUP BY person_key
),
latest AS (
    -- A snapshot replaces the one before: what a later one takes back does not hold.
    SELECT person_key, source_rank, max(period) AS period FROM own_row GROUP BY person_key, source_rank
),
fact AS (
    -- A source that does not know a fact (arg_max leaves NULL out) leaves it to the next.
    SELECT
        person_key,
        arg_max(sex, (source_rank, tie)) FILTER (WHERE sex IN ('1', '2')) AS sex,
        arg_max(date_of_birth, (source_rank, tie)) AS date_of_birth,
        arg_max(date_of_death, (source_rank, tie)) AS date_of_death
    FROM own_row
    SEMI JOIN latest USING (person_key, source_rank, period)
    GROUP BY person_key
),
final AS (
    SELECT
        person_id.person_key, person_id.person_id, coalesce(fact.sex, '0') AS sex, fact.date_of_birth, fact.date_of_death,
        postcode_zone.data_zone
    FROM core.person_id
    LEFT JOIN fact USING (person_key)
    LEFT JOIN home USING (person_key)
    LEFT JOIN core.postcode_zone ON postcode_zone.postcode = home.postcode
)
SELECT * FROM final ORDER BY person_id
