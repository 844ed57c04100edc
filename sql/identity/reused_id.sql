-- Purpose: the clients whose social_care_id has also stood for another person. Grain: client.
-- Inputs: other_client_row, other_client_standard, client_standard. Conserves: nothing.
-- A new surname, another spelling or a slip in the date is still the same person. Another date (fewer than two of year, month
-- and day agree) beside another name is another person.
WITH compared AS (
    SELECT
        o.client,
        NOT ( -- noqa: CP03, LT01, LT06
            alike_forenames(l.forename, l.forename_root, r.forename, r.forename_root)
            OR coalesce(alike(l.forename, r.surname), FALSE)
        ) AS is_other_forename,
        NOT ( -- noqa: CP03, LT01, LT06
            alike_surnames(l.surname, l.surname_part, r.surname, r.surname_part)
            OR coalesce(alike(l.surname, r.forename), FALSE)
        ) AS is_other_surname,
        NOT alike_dates(l.date_of_birth, r.date_of_birth) AS is_other_date,
        l.sex <> r.sex AS is_other_sex
    FROM other_client_row AS o
    JOIN other_client_standard AS r USING (row_id)
    JOIN client_standard AS l ON l.row_id = o.client
),
final AS (
    SELECT DISTINCT client
    FROM compared
    WHERE (is_other_date AND (is_other_forename OR is_other_surname))
        OR (is_other_date AND is_other_sex AND is_other_forename IS NULL AND is_other_surname IS NULL)
        OR (is_other_forename AND is_other_surname AND (is_other_date IS NULL OR is_other_sex))
)
SELECT * FROM final
