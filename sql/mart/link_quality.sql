-- Purpose: how well clients are linked, in people and pounds. Grain: agency × month × link_method.
-- Inputs: cost_line, link, person_id. Conserves: the cost of every line.
-- Precision and recall are expectations from the posteriors; a link by CHI number or decision is taken for right. Recall is NULL where
-- too little is written of an agency's clients to tell.
WITH told AS (
    -- Of whom too little is written to tell is in the register as often as the agency's others who were searched for.
    SELECT agency, CAST(CAST(sum(chance_in_register) AS DECIMAL(38, 6)) / nullif(count(chance_in_register), 0) AS DECIMAL(18, 6)) AS mean_chance
    FROM core.link
    WHERE link_method IN ('probabilistic', 'unlinked')
    GROUP BY agency
),
unlinked_client AS (
    SELECT person_id.person_id, coalesce(link.chance_in_register, told.mean_chance) AS chance_in_register
    FROM core.link
    JOIN told ON told.agency = link.agency
    JOIN core.person_id ON person_id.person_key = person_key_of(NULL, link.agency, link.social_care_id)
    WHERE link.chi_number IS NULL
),
person_month AS (
    SELECT
        financial_year, month, agency, link_method, person_id,
        max(link_probability) AS link_probability, sum(cost) AS cost
    FROM core.cost_line
    GROUP BY financial_year, month, agency, link_method, person_id
),
not_telling AS (
    -- Agencies that leave out so much of more than a twentieth of their clients that nobody can tell those from strangers.
    SELECT agency
    FROM core.link
    GROUP BY agency
    HAVING count(*) FILTER (WHERE chance_in_register IS NULL) * 20 > count(*)
),
expected AS (
    SELECT
        person_month.*,
        CASE WHEN link_method IN ('chi', 'decision', 'probabilistic') THEN coalesce(link_probability, 1) END AS expected_right,
        -- Nothing is known of a client who is not in the council's latest list: it is in no estimate.
        CASE WHEN link_method = 'unlinked' THEN unlinked_client.chance_in_register END AS expected_missed
    FROM person_month
    LEFT JOIN unlinked_client USING (person_id)
),
by_method AS (
    SELECT
        financial_year, month, agency, link_method,
        count(person_id) AS clients,
        CAST(sum(cost) AS DECIMAL(18, 2)) AS cost,
        CAST(CAST(sum(link_probability) AS DECIMAL(38, 6)) / nullif(count(link_probability), 0) AS DECIMAL(18, 6)) AS estimated_precision,
        sum(expected_right) AS expected_right,
        sum(coalesce(expected_right, expected_missed)) AS expected_in_register
    FROM expected
    GROUP BY financial_year, month, agency, link_method
),
final AS (
    SELECT
        financial_year, month, agency, link_method, clients, cost, estimated_precision,
        CASE WHEN not_telling.agency IS NULL THEN CAST(
            coalesce(sum(expected_right) OVER agency_month, 0) / nullif(sum(expected_in_register) OVER agency_month, 0)
            AS DECIMAL(18, 6)
        ) END AS estimated_recall
    FROM by_method
    LEFT JOIN not_telling USING (agency)
    WINDOW agency_month AS (PARTITION BY agency, month)
)
SELECT * FROM final ORDER BY month, agency, link_method
