-- Purpose: ledgers that seem to be from April to date instead of for their month. Grain: agency × month. Named, not blocking.
-- A code speaks for it where its month is nearer to a year to date than to a month, beside the code's first month of the
-- financial year: with n months from April to this one and f to the first, nearer to n ÷ f (both to date) or to n (only this one)
-- times the first than to the first itself, and not above half as much again as n times. Four in five of the codes must, and two such amounts be there.
WITH amount AS (
    SELECT agency, cost_code, financial_year, month, (month(month) + 8) % 12 + 1 AS n, sum(amount) AS amount
    FROM core.ledger_line
    GROUP BY ALL
),
beside AS (
    SELECT
        *,
        first_value(amount) OVER code AS first_amount,
        first_value(n) OVER code AS f
    FROM amount
    WINDOW code AS (PARTITION BY agency, cost_code, financial_year ORDER BY month)
),
compared AS (
    SELECT
        agency, financial_year, month, amount, first_amount, n,
        sign(amount) = sign(first_amount) AND abs(amount) * 2 <= abs(first_amount) * 3 * n
        AND CASE
            WHEN 2 * n >= 3 * f THEN abs(amount) * 2 * f >= abs(first_amount) * (f + n)
            ELSE abs(amount) * 4 >= abs(first_amount) * 3 * n
        END AS is_to_date
    FROM beside
    WHERE n > f AND abs(first_amount) >= 1
),
by_month AS (
    SELECT
        agency, financial_year, month, count(*) AS codes, count(*) FILTER (WHERE is_to_date) AS codes_to_date,
        sum(amount) AS amount, sum(first_amount) AS first_amount
    FROM compared
    GROUP BY agency, financial_year, month
),
evidence AS (
    SELECT
        *, codes_to_date * 5 >= codes * 4 AS is_to_date,
        sum(codes_to_date) FILTER (WHERE codes_to_date * 5 >= codes * 4) OVER (PARTITION BY agency, financial_year) AS amounts_to_date
    FROM by_month
),
final AS (
    SELECT
        agency, strftime(month, '%Y-%m') AS month,
        CAST(codes_to_date AS VARCHAR) || ' of ' || CAST(codes AS VARCHAR) || ' codes are as large as a year to date would be' AS codes,
        '£' || CAST(amount AS VARCHAR) || ' where the first month of the year has £' || CAST(first_amount AS VARCHAR) AS amount
    FROM evidence
    WHERE is_to_date AND amounts_to_date >= 2
)
SELECT * FROM final ORDER BY agency, month
