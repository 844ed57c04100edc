-- Purpose: the direct cost and the client's contribution of each accepted record, split over its months.
-- Grain: part of an accepted record × month. Inputs: record_month, unit_cost_match, refresh.
-- Conserves: the months of a split sum to its total to the penny (largest remainder; ties by larger share, then earlier
-- month). A rated record is one split for each financial year, because the rate changes with the year. The days of an open
-- stay after those that its amount is for are uncosted. Records of one month and of several are read apart, so that neither waits in
-- memory for the other.
WITH valued AS NOT MATERIALIZED (
    SELECT
        months.*, CASE WHEN months.is_after_amount THEN NULL ELSE months.record_amount END AS amount, rates.unit_cost, rates.price_base, rates.price_source,
        CASE
            WHEN months.method = 'rate' THEN financial_year_of(months.month)
            WHEN months.is_after_amount THEN 'after the amount'
            ELSE ''
        END AS split_group
    FROM core.record_month AS months
    LEFT JOIN core.unit_cost_match AS rates
        ON months.method = 'rate' AND rates.agency = months.agency AND rates.service = months.service
        AND rates.financial_year = financial_year_of(months.month)
        AND rates.specialty_code IS NOT DISTINCT FROM months.specialty_code
        AND rates.location_code IS NOT DISTINCT FROM months.location_code
        AND rates.variant IS NOT DISTINCT FROM months.variant
),
summed AS NOT MATERIALIZED (
    SELECT
        *,
        greatest(CAST(days AS HUGEINT), 0) AS weight,
        CAST(sum(days) OVER split AS HUGEINT) AS weights,
        CAST(sum(CAST(unit_numerator AS HUGEINT)) OVER split AS HUGEINT) AS unit_numerators
    FROM valued
    WHERE NOT is_only_month
    WINDOW split AS (PARTITION BY agency, feed, record_key, part, split_group)
    UNION ALL
    -- Most records have one month, which has all of the record: only the others are looked at with their months side by side.
    SELECT
        *, greatest(CAST(days AS HUGEINT), 0) AS weight, CAST(days AS HUGEINT) AS weights,
        CAST(unit_numerator AS HUGEINT) AS unit_numerators
    FROM valued
    WHERE is_only_month
),
totalled AS NOT MATERIALIZED (
    -- Weekly amounts of care homes are for seven days; all other amounts are for the whole record. Activity gives units only:
    -- the payments for it bear the contribution.
    SELECT
        *,
        CASE
            WHEN method = 'rate'
                THEN rounded_quotient(unit_numerators * CAST(unit_cost * 10000 AS HUGEINT), CAST(1000000 AS HUGEINT) * unit_denominator)
            WHEN method = 'record' AND feed = 'care_home' THEN rounded_quotient(pence(amount) * weights, CAST(7 AS HUGEINT))
            WHEN method IN ('record', 'payments') THEN pence(amount)
        END AS total_pence,
        CASE
            WHEN method = 'activity' THEN NULL
            WHEN feed = 'care_home' THEN rounded_quotient(pence(client_contribution) * weights, CAST(7 AS HUGEINT))
            ELSE pence(client_contribution)
        END AS contribution_pence
    FROM summed
),
floored AS (
    -- A stay whose every day another stay covers has no weight: its first month takes the total, which is then 0 by rate.
    SELECT
        * EXCLUDE (weight, weights),
        CASE WHEN weights = 0 THEN CAST(month = min(month) OVER split AS HUGEINT) ELSE weight END AS weight,
        greatest(weights, 1) AS weights
    FROM totalled
    WHERE NOT is_only_month
    WINDOW split AS (PARTITION BY agency, feed, record_key, part, split_group)
),
divided AS (
    -- A credit is split as the payment it cancels would be: so that each month of it cancels the same month of that.
    SELECT
        *,
        floor_quotient(abs(total_pence) * weight, weights) AS share,
        floor_remainder(abs(total_pence) * weight, weights) AS remainder,
        floor_quotient(abs(contribution_pence) * weight, weights) AS contribution_share,
        floor_remainder(abs(contribution_pence) * weight, weights) AS contribution_remainder
    FROM floored
),
ranked AS (
    SELECT
        *,
        abs(total_pence) - sum(share) OVER split AS left_over,
        row_number() OVER (
            PARTITION BY agency, feed, record_key, part, split_group ORDER BY remainder DESC, weight DESC, month
        ) AS remainder_rank,
        abs(contribution_pence) - sum(contribution_share) OVER split AS contribution_left_over,
        row_number() OVER (
            PARTITION BY agency, feed, record_key, part, split_group ORDER BY contribution_remainder DESC, weight DESC, month
        ) AS contribution_rank
    FROM divided
    WINDOW split AS (PARTITION BY agency, feed, record_key, part, split_group)
),
shared AS (
    SELECT
        agency, feed, record_key, part, service, month, in_window, units, method, split_group, price_base, price_source, total_pence,
        source_file, source_row, specialty_code, location_code, chi_number, social_care_id, postcode,
        sign(total_pence) * (share + CAST(remainder_rank <= left_over AS INTEGER)) AS own_pence,
        sign(contribution_pence) * (contribution_share + CAST(contribution_rank <= contribution_left_over AS INTEGER))
            AS own_contribution_pence
    FROM ranked
    UNION ALL
    SELECT
        agency, feed, record_key, part, service, month, in_window, units, method, split_group, price_base, price_source, total_pence,
        source_file, source_row, specialty_code, location_code, chi_number, social_care_id, postcode,
        total_pence AS own_pence, contribution_pence AS own_contribution_pence
    FROM totalled
    WHERE is_only_month
),
final AS (
    SELECT
        keyed_hash(unhex(refresh.inner_pad), unhex(refresh.outer_pad),
            concat_ws(chr(31), agency, feed, record_key, part, service, CAST(month AS VARCHAR))) AS line_id,
        agency, feed, record_key, part, service, month, in_window, units,
        CASE
            WHEN method = 'activity' THEN 'activity'
            WHEN total_pence IS NULL THEN 'uncosted'
            ELSE method
        END AS cost_basis,
        pounds(own_pence) AS direct_cost, pounds(own_contribution_pence) AS client_contribution,
        pounds(total_pence) AS split_total,
        split_group,
        CASE WHEN method = 'rate' AND total_pence IS NOT NULL THEN price_base END AS price_base,
        CASE WHEN method = 'rate' AND total_pence IS NOT NULL THEN price_source END AS price_source,
        source_file, source_row, specialty_code, location_code, chi_number, social_care_id, postcode
    FROM shared
    CROSS JOIN core.refresh
)
SELECT * FROM final
