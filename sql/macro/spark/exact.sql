-- Purpose: what sql/macro/duckdb/exact.sql has, as Spark says it. There `DIV` gives a BIGINT, which does not hold a product of two
-- amounts; `/` gives a decimal with 18 places, exact where nothing remains.

-- Division rounded down (also below zero), for a positive divisor.
CREATE MACRO floor_quotient(n, d) AS CAST((n - floor_remainder(n, d)) / d AS DECIMAL(38, 0));

-- A product of pence and a fraction, rounded half away from zero.
CREATE MACRO rounded_quotient(n, d) AS
    CASE WHEN n >= 0 THEN floor_quotient(2 * n + d, 2 * d) ELSE -floor_quotient(-2 * n + d, 2 * d) END;

-- The first days of the months from one to another, both among them; none where the last comes before the first.
CREATE MACRO month_series(first_month, last_month) AS
    CASE WHEN first_month > last_month THEN array() ELSE sequence(first_month, last_month, INTERVAL 1 MONTH) END;

-- The days from one to another, both among them; none where the last comes before the first.
CREATE MACRO day_series(first_day, last_day) AS
    CASE WHEN first_day > last_day THEN array() ELSE sequence(first_day, last_day, INTERVAL 1 DAY) END;

-- A hexadecimal number of at most 15 digits to the base of 32, with digits 0 to 9 and a to v and so many of them.
CREATE MACRO base32_digits(hexadecimal, width) AS lower(lpad(conv(hexadecimal, 16, 32), width, '0'));
