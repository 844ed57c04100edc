-- Purpose: payments that give no cost line because their service is costed otherwise, or their code is no cost.
-- Grain: agency × service. Named with their pounds, not blocking; of unmapped ones it is said where codes lack only zeros.
WITH without_line AS (
    SELECT
        record.agency, coalesce(record.service, 'eliminated or excluded code') AS service, count(*) AS payments,
        sum(record.amount) AS amount
    FROM core.record
    LEFT JOIN reference.costing_rules AS rules ON rules.agency = record.agency AND rules.service = record.service
    WHERE record.feed = 'payments' AND record.fate = 'accepted' AND coalesce(rules.method, '') <> 'payments'
    GROUP BY ALL
),
zeros_apart AS (
    SELECT paid.agency, 'unmapped' AS service, string_agg(DISTINCT code_map.cost_code, ', ' ORDER BY code_map.cost_code) AS mapped
    FROM (SELECT DISTINCT agency, cost_code FROM staged.payments) AS paid
    ANTI JOIN reference.cost_code_map USING (agency, cost_code)
    JOIN reference.cost_code_map AS code_map
        ON code_map.agency = paid.agency AND ltrim(code_map.cost_code, '0') = ltrim(paid.cost_code, '0') AND ltrim(code_map.cost_code, '0') <> ''
    GROUP BY paid.agency
),
final AS (
    SELECT
        without_line.agency, without_line.service,
        CAST(without_line.payments AS VARCHAR) || CASE without_line.payments WHEN 1 THEN ' payment' ELSE ' payments' END AS payments,
        '£' || CAST(without_line.amount AS VARCHAR) AS amount,
        CASE
            WHEN zeros_apart.mapped IS NOT NULL
                THEN 'reference/cost_code_map.csv has ' || zeros_apart.mapped || ': did a spreadsheet take the zeros before it?'
        END AS zeros
    FROM without_line
    LEFT JOIN zeros_apart USING (agency, service)
)
SELECT * FROM final ORDER BY ALL
