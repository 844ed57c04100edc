-- Purpose: how the client that a record is of is linked, and why so. Grain: client. Inputs: link; $agency, $social_care_id.
-- Conserves: the client once. Nothing that names anybody is in it.
WITH final AS (
    SELECT link_method, link_probability, review, review_reason, candidate_probability, chance_in_register
    FROM core.link
    WHERE agency = $agency AND social_care_id = $social_care_id
)
SELECT * FROM final
