-- Purpose: the day of death of everybody known to have died, by the number that records name them with.
-- Grain: CHI (superseded ones too) or council client. Inputs: deaths, registers and clients of every period (in quarantine: who claims a CHI), client_birth, chi_alias.
-- Conserves: one day for each number. The registrar's day counts before the register's, that before the council's; a snapshot
-- replaces the one before. Of a client the CHI that its own council gives counts, and only if name and birthday agree: links
-- have no say here, because linking moves no cost.
WITH known AS NOT MATERIALIZED (
    SELECT
        coalesce(chi_alias.current_chi, deaths.chi_number) AS chi_number, deaths.period, 2 AS source_rank,
        CAST(NULL AS DATE) AS date_of_birth, CAST(NULL AS VARCHAR) AS forename, CAST(NULL AS VARCHAR) AS surname,
        deaths.date_of_death, deaths.agency || deaths.chi_number AS tie
    FROM staged.deaths
    LEFT JOIN core.chi_alias USING (chi_number)
    UNION ALL
    SELECT
        coalesce(chi_alias.current_chi, register.chi_number), register.period, 1, register.date_of_birth,
        unaccented(register.forename), unaccented(register.surname), register.date_of_death, register.agency || register.chi_number
    FROM staged.population_register AS register
    LEFT JOIN core.chi_alias USING (chi_number)
),
said_dead AS MATERIALIZED (
    -- The few people of whom any row has a day of death: the others are not looked at again.
    SELECT DISTINCT chi_number FROM known WHERE date_of_death IS NOT NULL
),
latest AS (
    SELECT *, max(period) OVER (PARTITION BY chi_number, source_rank) AS last_period FROM known SEMI JOIN said_dead USING (chi_number)
),
patient AS (
    SELECT
        chi_number,
        arg_max(date_of_death, (source_rank, tie)) AS date_of_death,
        arg_max(date_of_birth, (source_rank, tie)) AS date_of_birth,
        arg_max(forename, (source_rank, tie)) AS forename,
        arg_max(surname, (source_rank, tie)) AS surname
    FROM latest
    WHERE period = last_period
    GROUP BY chi_number
    HAVING arg_max(date_of_death, (source_rank, tie)) IS NOT NULL
),
sent AS (
    SELECT agency, social_care_id, chi_number, chi_is_valid FROM staged.clients
    UNION ALL
    SELECT agency, social_care_id, chi_number, chi_is_valid FROM quarantine.clients
),
claim AS (
    -- A client number that several CHIs were ever given to, in a row that is set aside too, says nothing of who it is.
    SELECT sent.agency, sent.social_care_id, min(coalesce(chi_alias.current_chi, sent.chi_number)) AS chi_number
    FROM sent
    LEFT JOIN core.chi_alias USING (chi_number)
    WHERE sent.chi_is_valid
    GROUP BY sent.agency, sent.social_care_id
    HAVING count(DISTINCT coalesce(chi_alias.current_chi, sent.chi_number)) = 1
),
client_row AS (
    SELECT *, max(period) OVER (PARTITION BY agency, social_care_id) AS last_period FROM staged.clients
),
client AS (
    SELECT
        client_row.agency, client_row.social_care_id, client_birth.date_of_birth, unaccented(client_row.forename) AS forename,
        unaccented(client_row.surname) AS surname, client_row.date_of_death
    FROM client_row
    LEFT JOIN core.client_birth USING (agency, social_care_id, period)
    WHERE client_row.period = client_row.last_period
),
client_death AS (
    SELECT client.agency, client.social_care_id, coalesce(patient.date_of_death, client.date_of_death) AS date_of_death
    FROM client
    LEFT JOIN claim USING (agency, social_care_id)
    LEFT JOIN patient
        ON patient.chi_number = claim.chi_number
        AND coalesce(patient.date_of_birth = client.date_of_birth, TRUE)
        AND coalesce(patient.forename = client.forename OR patient.surname = client.surname, TRUE)
),
final AS (
    SELECT person_key_of(chi_number, NULL, NULL) AS named, date_of_death FROM patient
    UNION ALL
    SELECT person_key_of(chi_alias.chi_number, NULL, NULL), patient.date_of_death FROM core.chi_alias JOIN patient ON patient.chi_number = chi_alias.current_chi
    UNION ALL
    SELECT person_key_of(NULL, agency, social_care_id), date_of_death FROM client_death WHERE date_of_death IS NOT NULL
)
SELECT * FROM final ORDER BY named
