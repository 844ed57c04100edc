-- Purpose: the work list of cost codes that no mapping has. Grain: agency × code.
SELECT agency, cost_code, description, months, amount, nearest_cost_code, nearest_service
FROM release.unmapped_cost_code
ORDER BY abs(amount) DESC, agency, cost_code
