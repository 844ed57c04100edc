-- Purpose: age groups, areas, scopes and shares, as the analysis tables tell of them. No binary float anywhere.

-- The age that a band begins with, of bands of any width: 65-74 begins with 65, 90+ with 90. NULL where no age is known.
CREATE MACRO first_age_of(band) AS TRY_CAST(regexp_extract(band, '^\d+') AS INTEGER);

-- The band of five years that an age lies in, as 65-69, the last being 90+. Who is born later is in the first.
CREATE MACRO five_year_band_of(age) AS
    CASE
        WHEN age IS NULL THEN 'Unknown'
        WHEN age < 5 THEN '0-4'
        WHEN age >= 90 THEN '90+'
        ELSE CAST(age - age % 5 AS VARCHAR) || '-' || CAST(age - age % 5 + 4 AS VARCHAR)
    END;

-- Whether people of a band are in an age group: all, or those of so many years and over.
CREATE MACRO is_in_age_group(age_group, band) AS
    age_group = 'all' OR coalesce(first_age_of(band) >= first_age_of(age_group), FALSE);

-- Whether an area is a home in the partners' area, whose residents are in the rates.
CREATE MACRO is_own_area(council, locality) AS council <> 'Unknown' AND locality <> 'Outside Tayside';

-- The area of a kind that a home lies in. What is in none is Unknown or Outside Tayside, but for the whole, which has everything.
CREATE MACRO area_of(area_kind, council, locality, simd_quintile) AS
    CASE
        WHEN area_kind = 'tayside' THEN 'tayside'
        WHEN locality = 'Outside Tayside' THEN 'Outside Tayside'
        WHEN council = 'Unknown' THEN 'Unknown'
        WHEN area_kind = 'council' THEN council
        WHEN area_kind = 'locality' THEN locality
        WHEN area_kind = 'simd_quintile' THEN coalesce(CAST(simd_quintile AS VARCHAR), 'Unknown')
        WHEN simd_quintile IS NULL THEN 'Unknown'
        ELSE council || '/' || CAST(simd_quintile AS VARCHAR)
    END;

-- The cost of a person's year in a scope; NULL where the person has no line in it.
CREATE MACRO cost_in_scope(cost_scope, whole_cost, nhs_cost, social_care_cost, institutional_cost, community_cost) AS
    CASE cost_scope
        WHEN 'all' THEN whole_cost WHEN 'nhs' THEN nhs_cost WHEN 'social_care' THEN social_care_cost
        WHEN 'institutional' THEN institutional_cost WHEN 'community' THEN community_cost
    END;

-- A share of whole numbers with six decimals, rounded half away from zero; NULL where there is nothing to have a share of. nullif:
-- DuckDB works out a quotient of constants before it looks at the condition.
CREATE MACRO share_of(part, whole) AS
    CASE
        WHEN whole > 0 THEN CAST(
            CAST(rounded_quotient(CAST(part AS HUGEINT) * 1000000, nullif(CAST(whole AS HUGEINT), 0)) AS DECIMAL(31, 0))
            * CAST(0.000001 AS DECIMAL(7, 6)) AS DECIMAL(18, 6)
        )
    END;

-- Pounds a person-year, of residents in so many months; NULL where there are none.
CREATE MACRO cost_a_year(cost, residents, months) AS
    CASE
        WHEN residents > 0 THEN pounds(rounded_quotient(pence(cost) * 12, nullif(CAST(residents AS HUGEINT) * months, 0)))
    END;
