-- Purpose: who a record, a client or a death is about, by what names the person. One rule for all that is joined on it.

-- The person key: `chi:<current CHI>`, else `client:<agency>:<social_care_id>`; NULL where nothing names anybody.
CREATE MACRO person_key_of(current_chi, agency, social_care_id) AS
    coalesce('chi:' || current_chi, 'client:' || agency || ':' || social_care_id);

-- How a record is known to be about its person: by its own CHI, by the link of its client, as a client who is nobody else, or not.
CREATE MACRO link_method_of(own_chi, linked_chi, client_method, social_care_id) AS
    CASE
        WHEN own_chi IS NOT NULL THEN 'chi'
        WHEN linked_chi IS NOT NULL THEN client_method
        WHEN social_care_id IS NOT NULL THEN 'unlinked'
        ELSE 'none'
    END;
