-- Purpose: quarters of the financial year, and the exact third of an amount. Q1 is April to June.

-- The first day of a quarter written as 2025/26 Q1, 2025-26 Q1, 2025Q1 or Q1 2025/26; any other text gives NULL.
CREATE MACRO quarter_start(field) AS
    CASE
        WHEN regexp_full_match(upper(trim(field)), '\d{4}([/-]\d{2,4})?\s*Q[1-4]|Q[1-4]\s*\d{4}([/-]\d{2,4})?')
            THEN CAST(
                make_date(CAST(regexp_extract(field, '\d{4}') AS BIGINT), 4, 1)
                + to_months(3 * (CAST(regexp_extract(upper(field), 'Q([1-4])', 1) AS INTEGER) - 1)) AS DATE)
    END;

-- Its last day.
CREATE MACRO quarter_end(field) AS CAST(quarter_start(field) + INTERVAL 3 MONTH - INTERVAL 1 DAY AS DATE);

-- A third of a whole number: the earlier months have what does not divide, and a credit is split as the amount it cancels.
CREATE MACRO whole_third(whole, month_number) AS
    sign(whole) * (abs(whole) // 3 + CAST(month_number < abs(whole) % 3 AS INTEGER));

-- A third of an amount of money as text; month_number 0, 1, 2. NULL where the amount cannot be read.
CREATE MACRO third_of_money(field, month_number) AS CAST(pounds(whole_third(pence(read_money(field)), month_number)) AS VARCHAR);

-- A third of a quantity as text.
CREATE MACRO third_of_quantity(field, month_number) AS
    CAST(CAST(CAST(whole_third(CAST(read_quantity(field) * 10000 AS HUGEINT), month_number) AS DECIMAL(30, 0)) * CAST(0.0001 AS DECIMAL(5, 4)) AS DECIMAL(18, 4)) AS VARCHAR);
