-- Purpose: price factors that contradict one another, and rated lines without a year of prices. Grain: series × vintage × year.
-- Holds when empty. There and back is 1 but for the twelfth decimal of each factor; a year in its own prices is 1.
SELECT there.series, there.vintage, there.financial_year, there.price_year
FROM release.price_index AS there
LEFT JOIN release.price_index AS back
    ON back.series = there.series AND back.vintage = there.vintage
    AND back.financial_year = there.price_year AND back.price_year = there.financial_year
WHERE back.factor IS NULL
    OR (there.financial_year = there.price_year AND there.factor <> 1)
    OR abs(there.factor * back.factor - 1) > 0.0000000001
ORDER BY ALL
