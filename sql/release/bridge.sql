-- Purpose: control totals whose parts do not sum, or are not those of the lines. Grain: agency × service × month. Holds when empty.
WITH part AS (
    SELECT
        agency, service, month,
        coalesce(sum(direct_cost), 0) AS direct,
        coalesce(sum(residual_cost) FILTER (WHERE cost_basis IN ('record', 'rate', 'payments', 'activity', 'uncosted')), 0) AS scaled,
        coalesce(sum(cost) FILTER (WHERE cost_basis = 'located'), 0) AS located,
        coalesce(sum(cost) FILTER (WHERE cost_basis = 'unallocated'), 0) AS unallocated,
        coalesce(sum(cost) FILTER (WHERE cost_basis = 'quarantined'), 0) AS quarantined
    FROM release.cost_line
    GROUP BY ALL
)
SELECT control.agency, control.service, control.month
FROM release.control_total AS control
LEFT JOIN part USING (agency, service, month)
WHERE control.ledger_quantum <> control.direct + control.scaled + control.located + control.unallocated + control.quarantined
    OR control.direct <> coalesce(part.direct, 0) OR control.scaled <> coalesce(part.scaled, 0)
    OR control.located <> coalesce(part.located, 0) OR control.unallocated <> coalesce(part.unallocated, 0)
    OR control.quarantined <> coalesce(part.quarantined, 0)
ORDER BY ALL
