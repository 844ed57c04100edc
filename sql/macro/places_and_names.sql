-- Purpose: postcodes in the form that tables are joined on.
-- Conserves: nothing is guessed.

-- A postcode in the one form joins are made on: upper case, no blanks.
CREATE MACRO normal_postcode(field) AS
    CASE
        WHEN regexp_full_match(field, '[0-9A-Z]+ ?[0-9A-Z]+') THEN replace(field, ' ', '')
        ELSE nullif(upper(regexp_replace(field, '[^0-9A-Za-z]', '', 'g')), '')
    END;

-- A postcode, in that form, that is put where there is no home to tell, or that is known to be false.
CREATE MACRO is_dummy_postcode(code) AS
    code IN ('NK010AA', 'NK10AA', 'NF11AB', 'NF011AB', 'BF010AA', 'BF10AA', 'PR25AL', 'M160GS', 'DY103DJ') OR code ~ '^ZZ(01|61|1|6)';
