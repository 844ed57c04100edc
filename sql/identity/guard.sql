-- Purpose: the candidates that only a reviewer may link, however high the posterior, and the reason. Grain: client × current CHI.
-- Inputs: match_weight, client, deterministic_link, client_standard, register_standard, nickname; $common_surname_bits,
-- $common_name_bits, $less_common_name_bits, $least_bearers, $least_generation_years, $most_generation_years.
-- Conserves: nothing; most have no guard. is_expected: this month's records are still learnt from the pair, as its posterior says; else
-- dates that are wholly unlike would be taken for rarer than they are.
-- The last four are people whom the register may lack beside one whom it has: a twin, brother or sister, a parent or child of one name,
-- somebody of a common name elsewhere, a housemate. Where sex and home agree, a figure or a letter out may be a slip or another person: a son may be
-- born on the father's birthday, and twins be called Ronald and Donald. A middle name that agrees speaks for a slip: no guard, but for a
-- parent or child, who may have the whole name. Nor is there one where a date is no day.
WITH judged AS (
    SELECT
        w.client, w.candidate, w.register, w.forename_weight, w.surname_weight, w.surname_level,
        d.outcome, c.claim <> w.candidate AS has_other_chi,
        alike_forenames(l.forename, l.forename_root, r.forename, r.forename_root) AS is_forename_alike,
        (l.forename IS NOT NULL AND r.forename IS NOT NULL)::INTEGER
            + (l.surname IS NOT NULL AND r.surname IS NOT NULL)::INTEGER
            + (l.date_of_birth IS NOT NULL AND r.date_of_birth IS NOT NULL)::INTEGER AS fields,
        -- Of year, month and day. Day and month turned are no other date.
        (l.birth_year = r.birth_year)::INTEGER + greatest(
            (left(l.birthday, 2) = left(r.birthday, 2))::INTEGER + (right(l.birthday, 2) = right(r.birthday, 2))::INTEGER,
            2 * (l.any_birthday = r.any_birthday)::INTEGER
        ) AS parts_alike
    FROM match_weight AS w
    JOIN client AS c ON c.row_id = w.client
    JOIN client_standard AS l ON l.row_id = w.client
    JOIN register_standard AS r ON r.row_id = w.register
    JOIN deterministic_link AS d ON d.row_id = w.client
),
settled AS (
    SELECT
        *,
        CASE
            WHEN outcome <> 'search' THEN outcome
            WHEN has_other_chi AND NOT is_forename_alike THEN 'twin'
            WHEN has_other_chi THEN 'other_chi'
            WHEN parts_alike = 0 THEN 'other_date'
            WHEN fields < 2 THEN 'too_little'
        END AS guard
    FROM judged
),
borne_forename AS (
    -- A mistyped forename is seldom a name that others bear; a twin's is.
    SELECT forename FROM register_standard WHERE forename IS NOT NULL GROUP BY forename HAVING count(*) >= $least_bearers
    UNION
    SELECT name AS forename FROM nickname
),
compared AS (
    SELECT
        w.client, w.candidate, w.is_forename_alike, w.parts_alike,
        list_has_any(l.forename_root, r.forename_root) OR least(length(l.forename), length(r.forename)) = 1 AS is_forename_of_one,
        l.forename IN (SELECT forename FROM borne_forename) AND r.forename IN (SELECT forename FROM borne_forename)
            AND NOT starts_with(l.forename, r.forename) AND NOT starts_with(r.forename, l.forename)
            AND NOT coalesce(l.forename = r.middle_name OR r.forename = l.middle_name, FALSE) AS are_two_forenames,
        -- An initial that is of neither forename.
        least(length(l.forename), length(r.forename)) = 1 AND left(l.forename, 1) <> left(r.forename, 1)
            AND NOT coalesce(left(l.forename, 1) = left(r.middle_name, 1) OR left(r.forename, 1) = left(l.middle_name, 1), FALSE)
            AS is_another_initial,
        levenshtein(l.forename, r.forename) = 1 AS is_forename_a_letter_out,
        coalesce(alike(l.middle_name, r.middle_name), FALSE) AS is_middle_name_alike,
        coalesce(length(l.middle_name) > 1 AND length(r.middle_name) > 1, FALSE) AS are_middle_names_whole,
        l.forename = r.forename AND l.surname = r.surname AS is_one_name,
        w.forename_weight + w.surname_weight AS name_bits,
        l.sex = r.sex AND l.postcode = r.postcode AS is_housemate,
        -- A sex or home that is not written may be the same, where the register tells it of others.
        coalesce(l.sex = r.sex, (SELECT count(sex) > 0 FROM register_standard)) AS may_be_one_sex,
        coalesce(l.postcode = r.postcode, (SELECT count(postcode) > 0 FROM register_standard)) AS may_be_one_home,
        l.surname = r.surname AS is_surname_same,
        w.surname_weight < $common_surname_bits AS is_surname_common,
        alike_surnames(l.surname, l.surname_part, r.surname, r.surname_part) OR w.surname_level <> 0 AS is_surname_alike,
        l.postcode <> r.postcode AS is_elsewhere,
        (l.postcode IS NULL OR r.postcode IS NULL) AND (SELECT count(postcode) > 0 FROM register_standard) AS is_home_unwritten,
        TRY_CAST(l.date_of_birth AS DATE) IS NOT NULL AND TRY_CAST(r.date_of_birth AS DATE) IS NOT NULL AS are_days,
        l.date_of_birth <> r.date_of_birth AS is_other_date,
        -- One figure, or day and month turned: as a clerk slips.
        levenshtein(l.date_of_birth, r.date_of_birth) = 1
            OR (l.birth_year = r.birth_year AND l.any_birthday = r.any_birthday) AS is_slip,
        '01-01' IN (l.birthday, r.birthday) AS is_new_year,
        abs(TRY_CAST(l.birth_year AS INTEGER) - TRY_CAST(r.birth_year AS INTEGER)) AS years_between,
        levenshtein(l.birth_year, r.birth_year) = 1 AND parts_alike = 2 AS is_year_a_figure_out
    FROM settled AS w
    JOIN client_standard AS l ON l.row_id = w.client
    JOIN register_standard AS r ON r.row_id = w.register
    WHERE w.guard IS NULL
),
examined AS (
    SELECT
        client, candidate,
        CASE
            WHEN NOT are_days THEN NULL
            WHEN is_middle_name_alike AND NOT are_middle_names_whole THEN NULL
            WHEN may_be_one_sex AND may_be_one_home AND is_one_name AND (is_housemate OR NOT is_year_a_figure_out)
                AND years_between BETWEEN $least_generation_years AND $most_generation_years THEN 'generation'
            WHEN is_middle_name_alike THEN NULL
            WHEN may_be_one_sex AND (may_be_one_home OR (is_surname_common AND NOT is_other_date)) AND is_surname_same
                AND (is_another_initial OR (are_two_forenames
                    AND CASE WHEN is_housemate THEN NOT is_forename_of_one ELSE NOT is_forename_alike AND NOT is_forename_a_letter_out END))
                THEN 'other_forename'
            WHEN may_be_one_sex AND may_be_one_home AND is_surname_same AND is_forename_of_one AND are_middle_names_whole THEN 'other_forename'
            WHEN is_housemate AND is_surname_same AND (NOT is_forename_of_one OR are_middle_names_whole)
                AND parts_alike < 2 AND years_between BETWEEN 1 AND $least_generation_years - 1 THEN 'other_forename'
            WHEN may_be_one_sex AND may_be_one_home AND NOT is_surname_alike AND parts_alike < 2 AND NOT is_new_year THEN 'housemate'
            WHEN (is_elsewhere OR (is_home_unwritten AND parts_alike < 2)) AND is_one_name AND is_other_date
                AND name_bits < CASE WHEN is_slip THEN $common_name_bits ELSE $less_common_name_bits END THEN 'namesake'
        END AS guard
    FROM compared
),
guarded AS (
    SELECT client, candidate, guard FROM settled
    UNION ALL
    SELECT client, candidate, guard FROM examined
),
final AS (
    SELECT *, guard IN ('other_date', 'other_forename', 'generation', 'housemate', 'namesake') AS is_expected FROM guarded WHERE guard IS NOT NULL
)
SELECT * FROM final
