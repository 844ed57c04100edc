-- Purpose: the control total of one service and month. Grain: agency × service × month. Inputs: control_total; $agency, $service, $month.
-- Conserves: the row once.
WITH final AS (
    SELECT * FROM release.control_total WHERE agency = $agency AND service = $service AND month = $month
)
SELECT * FROM final
