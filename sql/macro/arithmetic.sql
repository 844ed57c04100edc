-- Purpose: exact arithmetic on pence, and the calendar of the accounts. No binary float anywhere.

-- Pounds as whole pence. Widened first: a DECIMAL(18, 2) times 100 does not fit itself from £100 trillion up.
CREATE MACRO pence(pounds) AS CAST(CAST(pounds AS DECIMAL(38, 2)) * 100 AS HUGEINT);

-- Whole pence as pounds.
CREATE MACRO pounds(whole_pence) AS
    CAST(CAST(whole_pence AS DECIMAL(35, 0)) * CAST(0.01 AS DECIMAL(3, 2)) AS DECIMAL(18, 2));

-- The remainder of a division that is never negative, for a positive divisor.
CREATE MACRO floor_remainder(n, d) AS ((n % d) + d) % d;

-- The first day of a day's month.
CREATE MACRO month_of(any_day) AS CAST(date_trunc('month', any_day) AS DATE);

-- The financial year of a day, April to March, as 2025-26.
CREATE MACRO financial_year_of(any_day) AS
    CASE
        WHEN month(any_day) >= 4 THEN CAST(year(any_day) AS VARCHAR) || '-' || right(CAST(year(any_day) + 1 AS VARCHAR), 2)
        ELSE CAST(year(any_day) - 1 AS VARCHAR) || '-' || right(CAST(year(any_day) AS VARCHAR), 2)
    END;

-- Completed years of age. Who is born on 29 February is a year older on 1 March of a year without one (the law of Scotland).
CREATE MACRO age_at(born, on_day) AS
    year(on_day) - year(born) - CAST(100 * month(on_day) + dayofmonth(on_day) < 100 * month(born) + dayofmonth(born) AS INTEGER);

-- The age band of somebody born on a day, at another day.
CREATE MACRO age_band_of(born, on_day) AS
    CASE
        WHEN born IS NULL OR born > on_day THEN 'Unknown'
        WHEN age_at(born, on_day) < 18 THEN '0-17'
        WHEN age_at(born, on_day) < 65 THEN '18-64'
        WHEN age_at(born, on_day) < 75 THEN '65-74'
        WHEN age_at(born, on_day) < 85 THEN '75-84'
        ELSE '85+'
    END;
