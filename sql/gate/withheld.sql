-- Purpose: tables in which words of outside are withheld, with their rows. Grain: one row, none where nothing is withheld.
-- Named, not blocking.
WITH outside AS (
    SELECT 'ledger_line' AS table_name, concat_ws(' ', cost_code, account_name) AS text FROM core.ledger_line
    UNION ALL
    SELECT 'unmapped_cost_code', concat_ws(' ', cost_code, description, nearest_name) FROM mart.unmapped_cost_code
    UNION ALL
    SELECT 'elimination', account_name FROM mart.elimination
    UNION ALL
    SELECT 'locality_budget', concat_ws(' ', council, locality) FROM mart.locality_budget
    UNION ALL
    SELECT 'partnership_budget', council FROM mart.partnership_budget
    UNION ALL
    SELECT 'cost_line', concat_ws(' ', specialty_code, location_code) FROM core.cost_line
),
counted AS (
    SELECT table_name, count(*) AS rows FROM outside WHERE contains(text, '[withheld]') GROUP BY table_name
),
final AS (
    SELECT
        string_agg(
            table_name || ': ' || CAST(rows AS VARCHAR) || CASE rows WHEN 1 THEN ' row' ELSE ' rows' END, '; ' ORDER BY table_name
        ) AS sentences
    FROM counted
    HAVING count(*) > 0
)
SELECT * FROM final
