-- Purpose: rows of the bridge that do not follow from ledger rows, control totals and lines, in its months or to date.
-- Grain: agency × service × month, or year. Holds when empty.
WITH rated AS (
    SELECT agency, service, month, sum(direct_cost) AS rated FROM release.cost_line WHERE cost_basis = 'rate' GROUP BY ALL
),
ledger AS (
    SELECT
        agency, CASE treatment WHEN 'eliminate' THEN 'eliminated' WHEN 'exclude' THEN 'excluded' ELSE service END AS service, month,
        sum(amount) AS ledger, coalesce(sum(amount) FILTER (WHERE treatment = 'eliminate'), 0) AS eliminated,
        coalesce(sum(amount) FILTER (WHERE treatment = 'exclude'), 0) AS excluded
    FROM release.ledger_line
    GROUP BY ALL
),
broken_month AS (
    SELECT agency, service, CAST(month AS VARCHAR) AS period
    FROM release.bridge
    FULL JOIN ledger USING (agency, service, month)
    FULL JOIN release.control_total AS control USING (agency, service, month)
    LEFT JOIN rated USING (agency, service, month)
    WHERE bridge.ledger IS NULL
        OR bridge.ledger <> coalesce(ledger.ledger, 0) OR bridge.eliminated <> coalesce(ledger.eliminated, 0)
        OR bridge.excluded <> coalesce(ledger.excluded, 0)
        OR bridge.ledger_quantum <> bridge.ledger - bridge.eliminated - bridge.excluded
        OR bridge.attributed <> bridge.recorded + bridge.rated + bridge.scaled
        OR bridge.published <> bridge.attributed + bridge.located + bridge.unallocated + bridge.quarantined
        OR bridge.difference <> bridge.ledger_quantum - bridge.published OR bridge.difference <> 0
        OR bridge.rated <> coalesce(rated.rated, 0) OR bridge.recorded + bridge.rated <> coalesce(control.direct, 0)
        OR bridge.scaled <> coalesce(control.scaled, 0) OR bridge.located <> coalesce(control.located, 0)
        OR bridge.unallocated <> coalesce(control.unallocated, 0) OR bridge.quarantined <> coalesce(control.quarantined, 0)
),
months AS (
    SELECT
        agency, service, financial_year,
        sum(ledger) AS ledger,
        sum(eliminated) AS eliminated,
        sum(excluded) AS excluded,
        sum(ledger_quantum) AS ledger_quantum,
        sum(recorded) AS recorded,
        sum(rated) AS rated,
        sum(scaled) AS scaled,
        sum(attributed) AS attributed,
        sum(located) AS located,
        sum(unallocated) AS unallocated,
        sum(quarantined) AS quarantined,
        sum(published) AS published,
        sum(difference) AS difference
    FROM release.bridge
    GROUP BY ALL
),
to_date AS (
    SELECT agency, service, financial_year, * EXCLUDE (agency, service, financial_year, last_month) FROM release.bridge_to_date
),
broken_year AS (
    (SELECT * FROM months EXCEPT SELECT * FROM to_date) UNION (SELECT * FROM to_date EXCEPT SELECT * FROM months)
)
SELECT agency, service, period FROM broken_month
UNION ALL
SELECT agency, service, financial_year FROM broken_year
ORDER BY ALL
