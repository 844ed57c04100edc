-- Purpose: submissions whose rows do not have exactly one fate. Grain: submission. Holds when empty.
SELECT agency, feed, period, rows, accepted, quarantined, superseded
FROM release.submission
WHERE rows <> accepted + quarantined + superseded
ORDER BY ALL
