-- Purpose: payments that say the same as another one under another payment number. Grain: agency. Named, not blocking.
-- Which of them came first is not known: all but those of one number are counted as sent again.
WITH paid AS (
    SELECT
        payments.agency, payments.payment_id, payments.social_care_id, payments.cost_code, payments.period_from, payments.period_to,
        payments.gross_amount, payments.client_contribution, payments.provider_name, payments.period, record.row_count
    FROM staged.payments
    JOIN core.record
        ON record.feed = 'payments' AND record.agency = payments.agency AND record.period = payments.period
        AND record.source_file = payments.source_file AND record.source_row = payments.source_row
    WHERE record.fate = 'accepted' AND payments.gross_amount <> 0
),
compared AS (
    SELECT
        *,
        min(payment_id) OVER alike AS first_id
    FROM paid
    WINDOW alike AS (
        PARTITION BY agency, social_care_id, cost_code, period_from, period_to, gross_amount, client_contribution, provider_name
    )
),
final AS (
    SELECT
        agency,
        CAST(sum(row_count) AS VARCHAR) || CASE sum(row_count) WHEN 1 THEN ' payment says' ELSE ' payments say' END
            || ' the same as another but for the number' AS payments,
        '£' || CAST(sum(gross_amount * row_count) AS VARCHAR) AS amount,
        'in ' || string_agg(DISTINCT period, ', ' ORDER BY period) AS periods
    FROM compared
    WHERE payment_id <> first_id
    GROUP BY agency
)
SELECT * FROM final ORDER BY agency
