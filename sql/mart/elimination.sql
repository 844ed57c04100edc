-- Purpose: what is in two ledgers and must be shown once: each side, and what both together leave.
-- Grain: agency × cost code × month. Inputs: ledger_line. Conserves: every ledger amount with treatment eliminate.
-- Both sides name what is passed in the same words (the mapping's reason). Where every row of it names its counterpart the two
-- agencies are set against one another, else all that pass it: a board may book one amount for all its councils.
WITH code AS (
    SELECT
        financial_year, month, agency, cost_code, min(reason) AS reason, min(counterpart) AS counterpart,
        min(account_name) AS account_name, CAST(sum(amount) AS DECIMAL(18, 2)) AS amount
    FROM core.ledger_line
    WHERE treatment = 'eliminate'
    GROUP BY financial_year, month, agency, cost_code
),
side AS (
    SELECT
        financial_year, month, coalesce(reason, 'no reason given') AS passed, agency,
        coalesce(counterpart, 'not stated') AS counterpart, cost_code, account_name, amount,
        bool_and(counterpart IS NOT NULL) OVER (PARTITION BY coalesce(reason, 'no reason given'), month) AS is_stated
    FROM code
),
paired AS (
    SELECT
        *,
        CASE
            WHEN is_stated THEN least(agency, counterpart) || ' and ' || greatest(agency, counterpart)
            ELSE 'all agencies'
        END AS parties
    FROM side
),
netted AS (
    SELECT
        *,
        CAST(sum(amount) OVER pair AS DECIMAL(18, 2)) AS net,
        min(agency) OVER pair = max(agency) OVER pair AS is_one_sided
    FROM paired
    WINDOW pair AS (PARTITION BY passed, month, parties)
),
final AS (
    SELECT
        financial_year, month, passed, parties, agency, counterpart, cost_code, account_name, amount, net,
        CASE WHEN net = 0 THEN 'nets to zero' WHEN is_one_sided THEN 'one side only' ELSE 'differs' END AS status
    FROM netted
)
SELECT * FROM final ORDER BY month, passed, parties, agency, cost_code
