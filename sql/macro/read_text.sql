-- Purpose: read the text of a field as what the column declares. NULL where it cannot be read.
-- Conserves: nothing is guessed: text that is not plainly a date, an amount or a number gives NULL, and the caller quarantines it.
-- The plainest spelling is asked for first: most fields have it, and it costs a tenth of the others.

-- Blank text is no value.
CREATE MACRO filled(field) AS nullif(trim(field), '');

-- Whether letters were lost or changed on the way: a sign for a lost letter, or a letter's bytes read one by one (JosÃ©, Â£, â€™).
-- Text in plain letters, most of it, is as long in bytes as in letters.
CREATE MACRO has_broken_letters(field) AS
    CASE
        WHEN strlen(field) > length(field)
            THEN contains(field, chr(65533))
            OR regexp_matches(field, '[ÂÃ]([\x{A0}-\x{BF}]|[€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ])|â€')
        ELSE FALSE
    END;

-- A date as 2025-04-01 or 2025/04/01, with or without a time of day; a month as 2025-04 is its first day.
CREATE MACRO read_day(field) AS
    CASE
        WHEN field LIKE '1___-__-__' OR field LIKE '2___-__-__'
            THEN TRY_CAST(field AS DATE)
        WHEN regexp_full_match(trim(field), '\d{4}[-/]\d{2}[-/]\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?')
            THEN TRY_CAST(replace(left(trim(field), 10), '/', '-') AS DATE)
        WHEN regexp_full_match(trim(field), '\d{4}-\d{2}')
            THEN TRY_CAST(trim(field) || '-01' AS DATE)
    END;

-- A date as read_day reads it, or as a spreadsheet shows it here: 01/04/2025, 1 April 2025, 01-Apr-25, 45748 (its days since 1900).
CREATE MACRO read_any_day(field) AS
    coalesce(
        read_day(field),
        CASE WHEN regexp_full_match(trim(field), '[2-7][0-9]{4}(\.0+)?') THEN DATE '1899-12-30' + CAST(left(trim(field), 5) AS INTEGER) END,
        CAST(try_strptime(
            trim(field),
            ['%d/%m/%y', '%d/%m/%Y', '%d.%m.%Y', '%d-%m-%Y', '%d-%b-%y', '%d-%b-%Y', '%d %b %Y', '%d %B %Y', '%d/%m/%Y %H:%M', '%d/%m/%Y %H:%M:%S']
        ) AS DATE)
    );

-- A date with day and month swapped, as another country's spreadsheet reads it; NULL where there is no such date.
CREATE MACRO swapped_day(written) AS TRY_CAST(strftime(written, '%Y-%d-%m') AS DATE);

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

-- Text with the signs that a keyboard has: a true minus, an en dash and their like are -, every kind of blank is an
-- ordinary one (no-break, narrow no-break, thin, …), what has no width is gone.
CREATE MACRO plain_signs(field) AS
    trim(regexp_replace(
        regexp_replace(
            translate(field, '−–‐‑‒﹣－', '-------'),
            '[\x{A0}\x{2000}-\x{200A}\x{202F}\x{205F}\x{3000}\t\n\r]', ' ', 'g'
        ),
        '[\x{200B}-\x{200D}\x{2060}\x{FEFF}]', '', 'g'
    ));

-- An amount in capitals, without the currency before or behind it.
CREATE MACRO without_currency(signs) AS
    trim(regexp_replace(
        regexp_replace(upper(signs), '^((?:CR|DR)? ?[-+(]? ?)(?:£|GBP) ?', '\1'),
        ' ?(?:£|GBP)( ?(?:CR|DR|-|\))?)$', '\1'
    ));

-- An amount as digits, a point and a minus: 1,234.50, £1 234.50, 123.45 DR; negative are -1.23, (1.23), 1.23- and 1.23 CR.
-- A comma or blank must part off three digits: 12,34 is not taken for 1234.
CREATE MACRO amount_digits(bare) AS
    CASE
        WHEN regexp_full_match(
            bare,
            '[-+]? ?(\d+|\d{1,3}([, ]\d{3})+)(\.\d*)?|(\d+|\d{1,3}([, ]\d{3})+)(\.\d*)? ?(-|[CD]R)|(\(|[CD]R) ?(\d+|\d{1,3}([, ]\d{3})+)(\.\d*)? ?\)?'
        ) AND starts_with(bare, '(') = ends_with(bare, ')')
            THEN CASE WHEN regexp_matches(bare, '[-(]|CR') THEN '-' ELSE '' END || regexp_replace(bare, '[^0-9.]', '', 'g')
    END;
CREATE MACRO plain_amount(field) AS
    CASE
        WHEN regexp_full_match(field, '-?(\d+\.?\d*|\.\d+)') THEN field
        ELSE amount_digits(without_currency(plain_signs(field)))
    END;

-- Pounds to the penny; what has more than two decimals is rounded, half away from zero.
CREATE MACRO read_money(field) AS
    CASE
        WHEN CAST(TRY_CAST(field AS DECIMAL(18, 2)) AS VARCHAR) = field
            THEN TRY_CAST(field AS DECIMAL(18, 2))
        ELSE TRY_CAST(plain_amount(field) AS DECIMAL(18, 2))
    END;

-- A quantity to four decimals, rounded likewise.
CREATE MACRO read_quantity(field) AS TRY_CAST(plain_amount(field) AS DECIMAL(18, 4));

-- What rounding added to the number that was sent: nothing where at most two signs stand behind the point. From the thirteenth
-- decimal on it is the noise of binary arithmetic.
CREATE MACRO moved_by_rounding(number_read, field) AS
    CASE
        WHEN number_read IS NULL OR NOT contains(field, '.') OR length(field) - instr(field, '.') <= 2 THEN CAST(0 AS DECIMAL(18, 6))
        ELSE CAST(coalesce(number_read - TRY_CAST(plain_amount(field) AS DECIMAL(38, 12)), 0) AS DECIMAL(18, 6))
    END;

-- A whole number.
CREATE MACRO read_count(field) AS
    CASE WHEN regexp_full_match(trim(field), '-?\d{1,18}') THEN TRY_CAST(trim(field) AS BIGINT) END;

-- A whole number as a spreadsheet may show it: 1,234 or 1234.00.
CREATE MACRO read_whole(field) AS
    CASE
        WHEN read_count(field) IS NOT NULL THEN read_count(field)
        WHEN regexp_full_match(plain_amount(field), '-?\d{1,15}\.?0*')
            THEN CAST(TRY_CAST(plain_amount(field) AS DECIMAL(18, 2)) AS BIGINT)
    END;

-- A quantity, or a share as 2.5%.
CREATE MACRO read_share(field) AS
    CASE
        WHEN regexp_full_match(field, '[^%]+%')
            THEN CAST(TRY_CAST(plain_amount(replace(field, '%', '')) AS DECIMAL(18, 4)) * CAST(0.01 AS DECIMAL(3, 2)) AS DECIMAL(18, 4))
        ELSE read_quantity(field)
    END;

-- An identifier as it was before a spreadsheet: ="00437" and '00437 are 00437, 10045.0 is 10045; no blank of any kind is part of one.
CREATE MACRO repaired_identifier(field) AS
    nullif(
        regexp_replace(regexp_replace(replace(plain_signs(field), ' ', ''), '^(?:="(.*)"|[''’](.*))$', '\1\2'), '^(\d+)\.0$', '\1'), ''
    );

-- Whether an identifier was turned to scientific notation: 1.00E+05 may have been any of a thousand.
CREATE MACRO is_lost_identifier(identifier) AS
    regexp_full_match(identifier, '-?(\d+[.,]\d+[Ee][+-]?\d{1,3}|\d+[Ee][+-]\d{1,3}|\d[Ee]\d{1,2})');

-- An identifier, or nothing where it was lost.
CREATE MACRO read_identifier(field) AS
    CASE
        WHEN field IS NULL OR regexp_full_match(field, '[0-9A-DF-Za-df-z/_-]+|[A-Za-z][0-9A-Za-z/_-]*') THEN field
        WHEN NOT is_lost_identifier(repaired_identifier(field)) THEN repaired_identifier(field)
    END;

-- Whether a field is what a line of totals is called: Total, GRAND TOTAL, Sub-total, Total for April, March 2026 total, 100010 Total, Sum.
-- An id may end in the word (S-TOTAL); what is parted from it by a blank is no part of an id.
-- Most texts are told from it without a regular expression: by their first letter, or by having no o and no m.
CREATE MACRO is_total_word(field) AS
    CASE
        WHEN field < 'G' AND NOT contains(field, ' ') THEN FALSE
        WHEN contains(field, 'o') OR contains(field, 'O') OR (strlen(field) <= 5 AND (contains(field, 'm') OR contains(field, 'M')))
            THEN regexp_full_match(field, '(?i)([[:alnum:]./-]+ ){0,3}((sub|grand)-?)?totals?([ :/].*)?|sum:?')
        WHEN field IS NOT NULL THEN FALSE
    END;

-- A number that is not further from nought than may be.
CREATE MACRO within_bound(number_read, largest) AS CASE WHEN abs(number_read) <= largest THEN number_read END;

-- A CHI number as an identifier, which has no blank in it; one of nine digits has lost its leading zero.
CREATE MACRO read_chi(field) AS
    CASE
        WHEN field IS NULL OR regexp_full_match(field, '\d{10}') THEN field
        ELSE regexp_replace(read_identifier(field), '^(\d{9})$', '0\1')
    END;

-- Whether a CHI number has nine digits.
CREATE MACRO lacks_leading_zero(field) AS
    CASE WHEN length(field) = 10 AND NOT contains(field, ' ') THEN FALSE ELSE regexp_full_match(replace(field, ' ', ''), '\d{9}') END;
