-- Purpose: ledger codes without a mapping, held until somebody maps them. Grain: agency × code.
-- Named, not blocking: first the codes that are mapped with other zeros before them, for a spreadsheet took those.
WITH zeros_apart AS (
    SELECT unmapped.agency, unmapped.cost_code, string_agg(DISTINCT code_map.cost_code, ', ' ORDER BY code_map.cost_code) AS mapped
    FROM mart.unmapped_cost_code AS unmapped
    JOIN reference.cost_code_map AS code_map
        ON code_map.agency = unmapped.agency
        AND ltrim(code_map.cost_code, '0') = ltrim(unmapped.cost_code, '0')
        AND code_map.cost_code <> unmapped.cost_code
        AND ltrim(code_map.cost_code, '0') <> ''
    GROUP BY unmapped.agency, unmapped.cost_code
),
final AS (
    SELECT
        unmapped.agency, unmapped.cost_code, unmapped.description, '£' || CAST(unmapped.amount AS VARCHAR) AS amount,
        CASE
            WHEN zeros_apart.mapped IS NOT NULL
                THEN 'code ' || zeros_apart.mapped || ' of reference/cost_code_map.csv is perhaps ' || unmapped.cost_code
        END AS zeros
    FROM mart.unmapped_cost_code AS unmapped
    LEFT JOIN zeros_apart ON zeros_apart.agency = unmapped.agency AND zeros_apart.cost_code = unmapped.cost_code
)
SELECT * FROM final ORDER BY zeros IS NULL, agency, cost_code
