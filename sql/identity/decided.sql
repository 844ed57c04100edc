-- Purpose: the last decision on each client: by its day, then by its place in the file.
-- Grain: client with a decision. Inputs: decision, current_chi, person.
-- Conserves: a decision for no link has no named CHI; one for a CHI that is not in the register has no chi_number.
WITH latest AS (
    SELECT agency, social_care_id, nullif(trim(chi_number), '') AS named
    FROM decision
    QUALIFY row_number() OVER (
        PARTITION BY agency, social_care_id ORDER BY decided_on DESC NULLS LAST, "row" DESC NULLS LAST
    ) = 1
),
final AS (
    SELECT l.agency, l.social_care_id, l.named, p.current_chi_number AS chi_number
    FROM latest AS l
    LEFT JOIN current_chi AS f ON f.chi_number = l.named
    LEFT JOIN person AS p ON p.current_chi_number = f.current_chi_number AND p.is_current
)
SELECT * FROM final
