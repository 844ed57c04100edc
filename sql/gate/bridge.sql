-- Purpose: months in which the bridge is not the ledger, or eliminations are not the ledger's. Grain: agency × month.
-- Holds when empty. Proves: every ledger pound is in the bridge once; ledger = eliminated + excluded + published.
WITH ledger AS (
    SELECT
        agency, month, sum(amount) AS ledger,
        coalesce(sum(amount) FILTER (WHERE treatment = 'eliminate'), 0) AS eliminated
    FROM core.ledger_line
    GROUP BY ALL
),
bridge AS (
    SELECT
        agency, month, sum(ledger) AS ledger, sum(eliminated + excluded + published) AS parts,
        sum(eliminated + excluded + attributed + located + unallocated + quarantined) AS shown
    FROM mart.bridge
    GROUP BY ALL
),
elimination AS (
    SELECT agency, month, sum(amount) AS eliminated FROM mart.elimination GROUP BY ALL
),
final AS (
    SELECT
        agency, month, ledger.ledger, bridge.ledger AS bridge, bridge.parts, bridge.shown, ledger.eliminated,
        elimination.eliminated AS listed
    FROM ledger
    FULL JOIN bridge USING (agency, month)
    FULL JOIN elimination USING (agency, month)
)
SELECT * FROM final
WHERE coalesce(ledger, 0) <> coalesce(bridge, 0) OR coalesce(bridge, 0) <> coalesce(parts, 0)
    OR coalesce(parts, 0) <> coalesce(shown, 0) OR coalesce(eliminated, 0) <> coalesce(listed, 0)
ORDER BY ALL
