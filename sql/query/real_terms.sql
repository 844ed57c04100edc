-- Purpose: cost in any year's prices, for `irf query`: each row names the series, its vintage and the year of the prices.
-- real_terms('gdp_deflator', '2025-10', '2025-26')
CREATE MACRO real_terms(wanted_series, wanted_vintage, wanted_price_year) AS TABLE
    SELECT
        control_total.financial_year, month, agency, service, published AS cost, series, vintage, price_year,
        CAST(CAST(published AS DECIMAL(38, 2)) * factor AS DECIMAL(18, 2)) AS cost_in_prices_of_price_year
    FROM control_total
    JOIN price_index USING (financial_year)
    WHERE series = wanted_series AND vintage = wanted_vintage AND price_year = wanted_price_year
