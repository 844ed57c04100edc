-- Purpose: who each accepted record is about.
-- Grain: part of an accepted record that is costed. Inputs: record, chi_alias, link.
-- Conserves: every accepted record once; a record without a valid CHI or client number keeps its money and has no person.
WITH accepted AS (
    SELECT agency, feed, record_key, part, chi_number, social_care_id FROM core.record WHERE fate = 'accepted' AND is_lead
),
final AS (
    SELECT
        accepted.agency, accepted.feed, accepted.record_key, accepted.part,
        person_key_of(coalesce(chi_alias.current_chi, accepted.chi_number, link.chi_number), accepted.agency, accepted.social_care_id)
            AS person_key,
        link_method_of(accepted.chi_number, link.chi_number, link.link_method, accepted.social_care_id) AS link_method,
        link.link_probability
    FROM accepted
    LEFT JOIN core.chi_alias ON chi_alias.chi_number = accepted.chi_number
    LEFT JOIN core.link ON link.agency = accepted.agency AND link.social_care_id = accepted.social_care_id
)
SELECT * FROM final
