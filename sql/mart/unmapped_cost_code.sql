-- Purpose: work list of ledger codes that no mapping covers, each with the mapped code of its agency whose name is most alike.
-- Grain: agency × cost code. Inputs: ledger_line. Conserves: every pound on service unmapped.
-- Names are compared without case (Jaro-Winkler, to six decimals); codes that are equally alike are all named, by code.
WITH unmapped AS (
    SELECT
        agency, cost_code, max(account_name) AS description, count(DISTINCT month) AS months,
        CAST(sum(amount) AS DECIMAL(18, 2)) AS amount
    FROM core.ledger_line
    WHERE service = 'unmapped'
    GROUP BY agency, cost_code
),
mapped AS (
    SELECT
        agency, cost_code, max(account_name) AS account_name,
        string_agg(DISTINCT coalesce(service, treatment), ', ' ORDER BY coalesce(service, treatment)) AS service
    FROM core.ledger_line
    WHERE service IS DISTINCT FROM 'unmapped' AND account_name IS NOT NULL
    GROUP BY agency, cost_code
),
alike AS (
    SELECT
        unmapped.agency, unmapped.cost_code, mapped.cost_code AS nearest_cost_code, mapped.account_name, mapped.service,
        word_similarity(unmapped.description, mapped.account_name) AS similarity
    FROM unmapped
    JOIN mapped ON mapped.agency = unmapped.agency AND mapped.cost_code <> unmapped.cost_code
    WHERE unmapped.description IS NOT NULL
),
most_alike AS (
    SELECT * FROM alike
    WHERE similarity > 0
    QUALIFY similarity = max(similarity) OVER (PARTITION BY agency, cost_code)
),
nearest AS (
    SELECT
        agency, cost_code, array_to_string(list_sort(list(nearest_cost_code)), ', ') AS nearest_cost_code,
        array_to_string(list_sort(list(DISTINCT account_name)), ', ') AS nearest_name,
        array_to_string(list_sort(list(DISTINCT service)), ', ') AS nearest_service, max(similarity) AS similarity
    FROM most_alike
    GROUP BY agency, cost_code
),
final AS (
    SELECT unmapped.*, nearest.nearest_cost_code, nearest.nearest_name, nearest.nearest_service, nearest.similarity
    FROM unmapped
    LEFT JOIN nearest USING (agency, cost_code)
)
SELECT * FROM final ORDER BY agency, cost_code
