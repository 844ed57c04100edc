-- Purpose: quotients of whole numbers without a float, and series of days, as DuckDB has them. Spark's are in sql/macro/spark/.

-- Division rounded down (also below zero), for a positive divisor.
CREATE MACRO floor_quotient(n, d) AS (n - floor_remainder(n, d)) // d;

-- A product of pence and a fraction, rounded half away from zero.
CREATE MACRO rounded_quotient(n, d) AS CASE WHEN n >= 0 THEN (2 * n + d) // (2 * d) ELSE -((-2 * n + d) // (2 * d)) END;

-- The first days of the months from one to another, both among them; none where the last comes before the first.
CREATE MACRO month_series(first_month, last_month) AS CAST(generate_series(first_month, last_month, INTERVAL 1 MONTH) AS DATE[]);

-- The days from one to another, both among them; none where the last comes before the first.
CREATE MACRO day_series(first_day, last_day) AS CAST(generate_series(first_day, last_day, INTERVAL 1 DAY) AS DATE[]);

-- A hexadecimal number of at most 15 digits to the base of 32, with digits 0 to 9 and a to v and so many of them.
CREATE MACRO base32_digits(hexadecimal, width) AS lower(to_base(CAST('0x' || hexadecimal AS BIGINT), 32, width));
