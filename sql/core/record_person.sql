-- Purpose: who each accepted record is about.
-- Grain: part of an accepted record that is costed. Inputs: record, chi_alias, link.
-- Conserves: every accepted record once; a record without a valid CHI or client number keeps its money and has no person.
WITH accepted AS (
    SELECT agency, feed, record_key, part, chi_number, social_care_id FROM core.record WHERE fate = 'accepted' AND is_lead
),
final AS (
    SELECT
        accepted.agency, accepted.feed, accepted.record_key, accepted.part,
        CASE
            WHEN accepted.chi_number IS NOT NULL THEN 'chi:' || coalesce(chi_alias.current_chi, accepted.chi_number)
            WHEN link.chi_number IS NOT NULL THEN 'chi:' || link.chi_number
            WHEN accepted.social_care_id IS NOT NULL THEN 'client:' || accepted.agency || ':' || accepted.social_care_id
        END AS person_key,
        CASE
            WHEN accepted.chi_number IS NOT NULL THEN 'chi'
            WHEN link.chi_number IS NOT NULL THEN link.link_method
            WHEN accepted.social_care_id IS NOT NULL THEN 'unlinked'
            ELSE 'none'
        END AS link_method,
        link.link_probability
    FROM accepted
    LEFT JOIN core.chi_alias ON chi_alias.chi_number = accepted.chi_number
    LEFT JOIN core.link ON link.agency = accepted.agency AND link.social_care_id = accepted.social_care_id
)
SELECT * FROM final
