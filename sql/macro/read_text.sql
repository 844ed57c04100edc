-- Purpose: read the text of a field as what the column declares. NULL where it cannot be read.
-- Conserves: nothing is guessed: text that is not plainly a date, an amount or a number gives NULL, and the caller quarantines it.
-- The plainest spelling is asked for first: most fields have it, and it costs a tenth of the others.

-- Blank text is no value.
CREATE MACRO filled(field) AS nullif(trim(field), '');

-- A date as 2025-04-01 or 2025/04/01, with or without a time of day; a month as 2025-04 is its first day.
CREATE MACRO read_day(field) AS
    CASE
        WHEN field LIKE '2___-__-__'
            THEN TRY_CAST(field AS DATE)
        WHEN regexp_full_match(trim(field), '\d{4}[-/]\d{2}[-/]\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?')
            THEN TRY_CAST(replace(left(trim(field), 10), '/', '-') AS DATE)
        WHEN regexp_full_match(trim(field), '\d{4}-\d{2}')
            THEN TRY_CAST(trim(field) || '-01' AS DATE)
    END;

-- A date with a time of day.
CREATE MACRO read_moment(field) AS
    CASE
        WHEN field LIKE '2___-__-__ __:__:__'
            THEN TRY_CAST(field AS TIMESTAMP)
        WHEN regexp_full_match(trim(field), '\d{4}[-/]\d{2}[-/]\d{2}[ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?')
            THEN TRY_CAST(replace(trim(field), '/', '-') AS TIMESTAMP)
        WHEN regexp_full_match(trim(field), '\d{4}[-/]\d{2}[-/]\d{2}')
            THEN TRY_CAST(replace(trim(field), '/', '-') AS TIMESTAMP)
    END;

-- An amount without pound sign, thousands separators and blanks; (1.23) and 1.23- are negative.
-- A comma or blank must part off three digits: 12,34 is not taken for 1234.
CREATE MACRO plain_amount(field) AS
    CASE
        WHEN regexp_full_match(trim(field), '[-(£ ]*(\d+|\d{1,3}([, ]\d{3})+)(\.\d*)?[-) ]*') THEN
            regexp_replace(
                regexp_replace(replace(replace(replace(trim(field), '£', ''), ',', ''), ' ', ''), '^\((.*)\)$', '-\1'),
                '^([^-].*)-$', '-\1'
            )
    END;

-- Pounds to the penny; more than two decimals is no amount, so that no fraction of a penny is lost.
CREATE MACRO read_money(field) AS
    CASE
        WHEN CAST(TRY_CAST(field AS DECIMAL(18, 2)) AS VARCHAR) = field
            THEN TRY_CAST(field AS DECIMAL(18, 2))
        WHEN regexp_full_match(plain_amount(field), '-?\d{1,15}(\.\d{1,2}0*)?')
            THEN TRY_CAST(plain_amount(field) AS DECIMAL(18, 2))
    END;

-- A quantity with up to four decimals.
CREATE MACRO read_quantity(field) AS
    CASE
        WHEN regexp_full_match(plain_amount(field), '-?\d{1,13}(\.\d{1,4}0*)?')
            THEN TRY_CAST(plain_amount(field) AS DECIMAL(18, 4))
    END;

-- A whole number.
CREATE MACRO read_count(field) AS
    CASE WHEN regexp_full_match(trim(field), '-?\d{1,18}') THEN TRY_CAST(trim(field) AS BIGINT) END;

-- A postcode in the one form joins are made on: upper case, no blanks.
CREATE MACRO normal_postcode(field) AS
    CASE
        WHEN regexp_full_match(field, '[0-9A-Z]+ ?[0-9A-Z]+') THEN replace(field, ' ', '')
        ELSE nullif(upper(regexp_replace(field, '[^0-9A-Za-z]', '', 'g')), '')
    END;

-- A CHI number without blanks; one of nine digits has lost its leading zero.
CREATE MACRO repaired_chi(field) AS
    CASE
        WHEN length(field) = 10 AND NOT contains(field, ' ') THEN field
        WHEN regexp_full_match(replace(field, ' ', ''), '\d{9}') THEN '0' || replace(field, ' ', '')
        ELSE nullif(replace(field, ' ', ''), '')
    END;

-- Whether a CHI number has nine digits.
CREATE MACRO lacks_leading_zero(field) AS
    CASE WHEN length(field) = 10 AND NOT contains(field, ' ') THEN FALSE ELSE regexp_full_match(replace(field, ' ', ''), '\d{9}') END;
