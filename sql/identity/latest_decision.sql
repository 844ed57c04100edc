-- Purpose: the latest decision of a reviewer on each client: by its day, then by its row in the file.
-- Grain: client with a decision. Inputs: decision, current_chi, register_person.
-- Conserves: every client with a decision once. `named` is NULL where the decision is for no link; chi_number is NULL where the
-- register does not have the named CHI.
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
    LEFT JOIN register_person AS p ON p.current_chi_number = f.current_chi_number AND p.is_current
)
SELECT * FROM final
