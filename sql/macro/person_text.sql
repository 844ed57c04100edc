-- Purpose: names, dates of birth, sexes and postcodes in one standard form, so that only real differences are compared.
-- Conserves: a text that names nobody ("baby of", "not known") or nowhere (a dummy postcode) is NULL: it speaks neither for nor against.

-- Upper case and plain letters: Siân is SIAN, Jørgensen is JORGENSEN.
CREATE MACRO plain_letters(field) AS
    replace(replace(replace(translate(strip_accents(upper(field)), 'ØŁĐ', 'OLD'), 'Æ', 'AE'), 'Œ', 'OE'), 'ẞ', 'SS');

-- Words parted by single spaces. An apostrophe joins (O'Neill is ONEILL), any other sign parts.
CREATE MACRO name_words(field) AS
    trim(regexp_replace(regexp_replace(plain_letters(replace(field, 'ß', 'ss')), '[''’`´]', '', 'g'), '[^A-Z]+', ' ', 'g'));

-- What stands where a name should and is none: "baby of Jane", "not known", or nothing but words for any person or place.
CREATE MACRO names_nobody(words) AS
    words = ''
    OR regexp_matches(words, '^(BABY|INFANT|NEWBORN|DAUGHTER OF|SON OF|WIFE OF|HUSBAND OF|CHILD OF)\b')
    OR (length(words) > 1 AND replace(words, left(words, 1), '') = '')
    -- A alone is an initial.
    OR (words <> 'A' AND len(list_filter(string_split(words, ' '), LAMBDA word: NOT word IN (
        'UNKNOWN', 'NOT', 'KNOWN', 'NO', 'NAME', 'NONAME', 'NONE', 'NIL', 'NULL', 'NA', 'NK', 'TBC', 'TBA', 'DONT', 'KNOW', 'GIVEN', 'RECORDED',
        'STATED', 'AVAILABLE', 'ANONYMOUS', 'ANON', 'DECEASED', 'WITHHELD', 'REFUSED', 'REFUSE', 'REDACTED', 'MISSING', 'BLANK', 'TEST', 'DUMMY',
        'OF', 'IN', 'AT', 'THE', 'THIS', 'A', 'AN', 'AND', 'MY', 'HOUSE', 'HOME', 'HOUSEHOLD', 'OTHER', 'FIRST', 'SECOND', 'LAST', 'SURNAME',
        'FORENAME', 'ONE', 'TWO', 'THREE', 'FOUR', 'FIVE', 'TWIN', 'BOY', 'GIRL', 'MALE', 'FEMALE', 'MAN', 'WOMAN', 'GENTLEMAN', 'LADY', 'PERSON',
        'PEOPLE', 'ADULT', 'CHILD', 'CHILDREN', 'KID', 'TEEN', 'TEENAGER', 'MINOR', 'BABY', 'INFANT', 'TODDLER', 'YOUTH', 'MOTHER', 'FATHER', 'PARENT',
        'MUM', 'MUMMY', 'MOM', 'MOMMY', 'DAD', 'DADDY', 'SON', 'DAUGHTER', 'BROTHER', 'SISTER', 'SIBLING', 'WIFE', 'HUSBAND', 'SPOUSE', 'PARTNER',
        'GRANDMA', 'GRANDPA', 'GRANDMOTHER', 'GRANDFATHER', 'GRANDPARENT', 'GRANDSON', 'GRANDDAUGHTER', 'GRANDCHILD', 'COUSIN', 'AUNT', 'UNCLE',
        'NIECE', 'NEPHEW', 'RELATIVE', 'FAMILY', 'FRIEND', 'ROOMMATE', 'HOUSEMATE', 'LODGER', 'BOARDER', 'VISITOR', 'GUEST', 'RESIDENT', 'RESPONDENT',
        'APPLICANT', 'OCCUPANT', 'OWNER', 'TENANT', 'LANDLORD', 'HOUSEHOLDER', 'PATIENT', 'CLIENT', 'CUSTOMER', 'USER', 'MR', 'MRS', 'MS', 'MISS', 'DR',
        'PROF', 'PROFESSOR', 'REV', 'REVEREND', 'SIR', 'DAME', 'SENIOR', 'JUNIOR', 'MASTER', 'II', 'III'
    ))) = 0);

-- Without a title before it and a suffix behind it.
CREATE MACRO bare_name(field) AS
    regexp_replace(
        regexp_replace(name_words(field), '^((MR|MRS|MS|MISS|DR|PROF|PROFESSOR|REV|REVEREND|SIR|LADY|LORD|DAME|MASTER) )+', ''),
        '( (JR|JNR|JUNIOR|SR|SNR|SENIOR|II|III))+$', ''
    );

-- The LAMBDA has the words once, where they would be written out seven times.
CREATE MACRO known_name(words) AS list_filter([words], LAMBDA given: NOT names_nobody(given))[1];

-- Forenames: all of them without spaces, the first word, the others.
CREATE MACRO forenames_joined(field) AS replace(known_name(bare_name(field)), ' ', '');
CREATE MACRO first_word(words) AS split_part(words, ' ', 1);
CREATE MACRO other_words(words) AS nullif(substr(words, length(split_part(words, ' ', 1)) + 2), '');
-- A hyphen joins two forenames to one: Mary-Ann is MARYANN, Mary Ann is MARY with ANN behind it.
CREATE MACRO forename_words(field) AS known_name(bare_name(regexp_replace(field, '\s*[-‐–]\s*', '', 'g')));

-- A surname without spaces; Mac and Mc are one beginning: MacDonald, Mc Donald and McDonald are MCDONALD.
CREATE MACRO surname_joined(field) AS
    regexp_replace(replace(known_name(bare_name(field)), ' ', ''), '^MAC(.{3,})', 'MC\1');
-- The parts of a double-barrelled surname, longer than a particle.
CREATE MACRO surname_parts(field) AS
    list_filter(
        list_transform(string_split(known_name(bare_name(field)), ' '), LAMBDA part: regexp_replace(part, '^MAC(.{3,})', 'MC\1')),
        LAMBDA part: length(part) > 3
    );

-- The soundex code of a name in plain letters.
CREATE MACRO soundex_digits(letters) AS
    translate(letters, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', '01230120022455012623010202');
CREATE MACRO without_repeats(digits) AS
    regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
        digits, '1+', '1', 'g'), '2+', '2', 'g'), '3+', '3', 'g'), '4+', '4', 'g'), '5+', '5', 'g'), '6+', '6', 'g');
CREATE MACRO sound(letters) AS
    left(letters, 1) || left(replace(substr(without_repeats(soundex_digits(letters)), 2), '0', '') || '000', 3);

-- A letter that looks like a digit is that digit, as scanned forms show it.
CREATE MACRO day_signs(field) AS translate(upper(trim(field)), 'OQDIL|!ZSB', '0001111258');

-- A date of birth as YYYY-MM-DD text; of a year in two digits the century is `??`. A text that is no day is kept as it is written: it may be one slip from a day.
CREATE MACRO birth_read(signs) AS
    CASE
        WHEN signs = '' OR left(signs, 10) IN ('1900-01-01', '1800-01-01', '9999-12-31') THEN NULL
        WHEN regexp_matches(signs, '^\d{8}$') THEN left(signs, 4) || '-' || substr(signs, 5, 2) || '-' || right(signs, 2)
        WHEN regexp_matches(signs, '^\d{1,2}[/.-]\d{1,2}[/.-](\d{4}|\d{2})$')
            THEN lpad(regexp_extract(signs, '\d+$'), 4, '?')
                || '-' || lpad(regexp_extract(signs, '[/.-](\d{1,2})[/.-]', 1), 2, '0')
                || '-' || lpad(regexp_extract(signs, '^\d{1,2}'), 2, '0')
        ELSE left(replace(signs, '/', '-'), 10)
    END;
CREATE MACRO birth_text(field) AS birth_read(day_signs(field));
-- Day and month in rising order, so that a date and the same date with day and month swapped are one.
CREATE MACRO unordered_birthday(born) AS least(substr(born, 6, 2), right(born, 2)) || greatest(substr(born, 6, 2), right(born, 2));

CREATE MACRO sex_code(field) AS
    CASE
        WHEN upper(trim(field)) IN ('1', 'M', 'MALE') THEN '1'
        WHEN upper(trim(field)) IN ('2', 'F', 'FEMALE') THEN '2'
    END;

-- A postcode without spaces; 0 and O, 1 and I are told apart by their place in a British postcode. Dummies are NULL.
CREATE MACRO postcode_signs(field) AS nullif(regexp_replace(plain_letters(field), '[^A-Z0-9]+', '', 'g'), '');
CREATE MACRO postcode_inward(signs) AS
    translate(left(right(signs, 3), 1), 'OIL', '011') || translate(right(signs, 2), '01', 'OI');
CREATE MACRO postcode_outward(signs) AS
    translate(left(signs, 1), '01', 'OI') || substr(left(signs, -3), 2, 1)
    || translate(substr(left(signs, -3), 3, 1), 'OIL', '011') || substr(left(signs, -3), 4);
CREATE MACRO british_postcode(signs) AS
    CASE
        WHEN length(signs) BETWEEN 5 AND 8
            AND regexp_matches(postcode_outward(signs) || postcode_inward(signs), '^[A-Z]{1,2}[0-9][0-9A-Z]?[0-9][A-Z]{2}$')
            THEN postcode_outward(signs) || postcode_inward(signs)
        WHEN regexp_matches(signs, '^[A-Z]{2}0[0-9][0-9][A-Z]{2}$') THEN left(signs, 2) || substr(signs, 4)
    END;
CREATE MACRO unpadded(code) AS regexp_replace(code, '^([A-Z]{2})0([1-9])([0-9][A-Z]{2})$', '\1\2\3');
-- Each LAMBDA has its text once: written out, it would be read, and worked out, ten times.
CREATE MACRO postcode_text(field) AS
    list_filter(
        list_transform([postcode_signs(field)], LAMBDA signs: coalesce(unpadded(british_postcode(signs)), signs)),
        LAMBDA code: NOT is_dummy_postcode(code)
    )[1];

-- The words of an address that tell it from another: without kinds of street and country.
CREATE MACRO address_words(field) AS
    list_distinct(list_filter(
        string_split(regexp_replace(plain_letters(field), '[^A-Z0-9]+', ' ', 'g'), ' '),
        LAMBDA word: word <> '' AND NOT word IN (
            'STREET', 'ST', 'ROAD', 'RD', 'AVENUE', 'AVE', 'DRIVE', 'DR', 'LANE', 'LN', 'PLACE', 'PL', 'COURT', 'CT', 'CRESCENT',
            'CRES', 'CLOSE', 'CL', 'TERRACE', 'TER', 'WAY', 'GARDENS', 'FLAT', 'UNIT', 'THE', 'CIRCUIT', 'CCT'
        )
    ));

-- Two names that may well be one; two forenames, and two surnames, that may well be of one person.
CREATE MACRO alike(a, b) AS
    jaro_winkler_similarity(a, b) >= 0.9 OR (least(length(a), length(b)) = 1 AND left(a, 1) = left(b, 1));
CREATE MACRO alike_forenames(a, a_root, b, b_root) AS alike(a, b) OR list_has_any(a_root, b_root);
CREATE MACRO alike_surnames(a, a_part, b, b_part) AS alike(a, b) OR list_has_any(a_part, b_part);

-- Two dates of birth, as birth_text gives them, that may well be one: two of year, month and day agree, or day and month are turned.
CREATE MACRO alike_dates(a, b) AS
    (left(a, 4) = left(b, 4))::INTEGER + (substr(a, 6, 2) = substr(b, 6, 2))::INTEGER + (right(a, 2) = right(b, 2))::INTEGER >= 2
    OR (left(a, 4) = left(b, 4) AND unordered_birthday(a) = unordered_birthday(b));
