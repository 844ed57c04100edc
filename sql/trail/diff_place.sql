-- Purpose: where two releases differ in lines or pounds, by place. Grain: agency × service × month × council × locality.
-- Inputs: compared_cell. Conserves: every difference once.
WITH final AS (
    SELECT agency, service, month, council, locality, lines_before, lines_now, cost_before, cost_now
    FROM compared_cell
    WHERE lines_before <> lines_now OR cost_before <> cost_now
)
SELECT * FROM final ORDER BY agency, service, month, council, locality
