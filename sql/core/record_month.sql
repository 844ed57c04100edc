-- Purpose: the days and units of each accepted record in each of its months, the method its service is costed by, and what of the
-- record its cost lines need: amount, contribution, file and row, postcode.
-- Grain: part of an accepted record × month. Inputs: record, death, refresh, costing_rules, services.
-- Conserves: the days of a stay [start, end) and of a payment span, each once; overlapping care-home days of one client
-- go to the stay that started later, save where the amount is on the record. Payments coded to a service with another
-- method give no row here. An appointment not attended and a day of delay are units without a cost, whatever their rule.
-- A client's alarms and telecare count once a month. What is open ends on the day of death, and that day counts.
-- An open stay goes on after the days that its amount is for; those have units and no amount.
-- Not NOT MATERIALIZED: DuckDB 2.0.0 then reads the records three times and takes a third of the memory, but two of five cold refreshes of
-- Tayside ended with an internal error of its own (a dictionary of a hash join that changed identity).
WITH accepted AS (
    SELECT
        record.*,
        rules.method AS rule_method,
        services.unit, death.date_of_death,
        refresh.first_month, refresh.last_month, refresh.period_end + 1 AS window_end
    FROM core.record
    JOIN reference.costing_rules AS rules ON rules.agency = record.agency AND rules.service = record.service
    JOIN reference.services ON services.service = record.service
    LEFT JOIN core.death ON death.named = person_key_of(record.chi_number, record.agency, record.social_care_id)
    CROSS JOIN core.refresh
    WHERE record.fate = 'accepted' AND record.is_lead AND (record.feed <> 'payments' OR rules.method = 'payments')
),
bounded AS (
    -- last_day: the last day that has a share. A same-day stay and an event have their own day.
    SELECT
        *,
        CASE
            WHEN feed = 'payments' THEN 'payments'
            WHEN rule_method IN ('payments', 'ledger') OR service IN ('outpatient_dna', 'delayed_discharge') THEN 'activity'
            ELSE rule_method
        END AS method,
        -- What a file says an open stay has cost is for its days to the end of that file's month.
        CASE WHEN spread = 'stay' AND end_date IS NULL AND feed <> 'care_home' AND rule_method = 'record'
            THEN last_day(greatest(start_date, CAST(period || '-01' AS DATE)))
        END AS amount_to,
        CASE
            WHEN spread = 'event' THEN start_date
            WHEN spread IN ('stay', 'month') AND end_date IS NULL
                THEN least(window_end - 1, greatest(coalesce(date_of_death, window_end - 1), start_date))
            WHEN spread = 'month' THEN least(end_date, window_end) - 1
            WHEN spread = 'stay' AND (rule_method <> 'record' OR feed = 'care_home') THEN greatest(least(end_date, window_end) - 1, start_date)
            ELSE greatest(end_date - 1, start_date)
        END AS last_day,
        date_diff('day', start_date, coalesce(end_date, DATE '9999-12-31')) AS full_days,
        service = 'care_home_nursing' AS has_nursing
    FROM accepted
),
dated AS (
    -- What counts by the month has no use for months before the dataset's; a stay needs all of its own to be split.
    SELECT
        *,
        CASE WHEN spread = 'month' THEN greatest(month_of(start_date), first_month) ELSE month_of(start_date) END AS from_month,
        month_of(last_day) AS to_month
    FROM bounded
),
monthly AS (
    SELECT dated.*, unnest(month_series(from_month, to_month)) AS month
    FROM dated
),
counted AS (
    SELECT
        *,
        date_diff('day', greatest(start_date, month), least(last_day, last_day(month))) + 1 AS own_days
    FROM monthly
),
care_home_day AS (
    -- Only clients with overlapping stays are looked at by the day. Of two stays the later one has the days; of two that
    -- began on one day the one that ended first, then the one with nursing care.
    SELECT stay.agency, stay.record_key, stay.part, stay.month, count(DISTINCT shared_day.calendar_day) AS covered_days
    FROM counted AS stay
    JOIN bounded AS other_stay
        ON other_stay.feed = 'care_home' AND other_stay.agency = stay.agency AND other_stay.social_care_id = stay.social_care_id
        AND (other_stay.start_date, -other_stay.full_days, other_stay.has_nursing, other_stay.record_key, other_stay.part)
            > (stay.start_date, -stay.full_days, stay.has_nursing, stay.record_key, stay.part)
        AND other_stay.start_date <= stay.last_day
    CROSS JOIN LATERAL (
        SELECT unnest(day_series(
            greatest(other_stay.start_date, stay.month, stay.start_date),
            least(other_stay.last_day, stay.last_day, last_day(stay.month))
        )) AS calendar_day
    ) AS shared_day
    WHERE stay.feed = 'care_home'
    GROUP BY ALL
),
first_item AS (
    -- Of a client's items the one that was there first counts: one for each client and month.
    SELECT agency, feed, social_care_id, month, arg_min(record_key, (start_date, record_key)) AS record_key
    FROM counted
    WHERE spread = 'month'
    GROUP BY agency, feed, social_care_id, month
),
charged AS (
    -- An amount on the record itself is for all of the record's days.
    SELECT
        counted.*,
        CASE
            WHEN counted.spread = 'month' THEN CAST(first_item.record_key IS NOT NULL AS BIGINT)
            ELSE counted.own_days - coalesce(care_home_day.covered_days, 0)
        END AS days
    FROM counted
    LEFT JOIN first_item USING (agency, feed, social_care_id, month, record_key)
    LEFT JOIN care_home_day
        ON counted.feed = 'care_home' AND counted.rule_method <> 'record' AND care_home_day.agency = counted.agency
        AND care_home_day.record_key = counted.record_key AND care_home_day.part = counted.part
        AND care_home_day.month = counted.month
),
measured AS (
    SELECT
        *,
        CAST(CASE WHEN unit = 'week' AND spread = 'stay' THEN 7 ELSE 1 END AS BIGINT) AS unit_denominator,
        CASE
            WHEN spread = 'stay' AND unit IN ('bed_day', 'day', 'week') THEN CAST(days * 10000 AS BIGINT)
            WHEN spread = 'month' THEN CAST(days * 10000 AS BIGINT)
            WHEN feed = 'payments' AND unit <> 'payment' THEN NULL
            WHEN spread = 'event' OR month = month_of(start_date) THEN CAST(CAST(quantity AS DECIMAL(38, 4)) * 10000 AS BIGINT)
            WHEN quantity IS NOT NULL THEN 0
        END AS unit_numerator
    FROM charged
),
final AS (
    SELECT
        agency, feed, record_key, part, service, month, month BETWEEN first_month AND last_month AS in_window, method, days,
        CAST(rounded_quotient(CAST(unit_numerator AS HUGEINT), unit_denominator) AS DECIMAL(18, 0)) * CAST(0.0001 AS DECIMAL(5, 4))
            AS units,
        unit_numerator, unit_denominator, specialty_code, location_code, variant, coalesce(month > amount_to, FALSE) AS is_after_amount,
        from_month = to_month AS is_only_month, record_amount, client_contribution, source_file, source_row,
        chi_number, social_care_id, postcode
    FROM measured
)
SELECT * FROM final
