-- Purpose: from each agency's ledger to what is published. Grain: agency. Conserves: every pound of the ledgers.
SELECT
    agency, CAST(sum(ledger) AS DECIMAL(18, 2)) AS ledger, CAST(sum(eliminated) AS DECIMAL(18, 2)) AS eliminated,
    CAST(sum(excluded) AS DECIMAL(18, 2)) AS excluded, CAST(sum(ledger_quantum) AS DECIMAL(18, 2)) AS quantum,
    CAST(sum(attributed) AS DECIMAL(18, 2)) AS attributed, CAST(sum(located) AS DECIMAL(18, 2)) AS located,
    CAST(sum(unallocated) AS DECIMAL(18, 2)) AS unallocated, CAST(sum(quarantined) AS DECIMAL(18, 2)) AS quarantined,
    CAST(sum(difference) AS DECIMAL(18, 2)) AS difference
FROM release.bridge
GROUP BY agency
ORDER BY agency
