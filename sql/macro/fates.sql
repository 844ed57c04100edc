-- Purpose: the one fate of a row.

-- A period as a number that grows with it: 2025-06 is 202506.
CREATE MACRO period_number(written) AS CAST(replace(written, '-', '') AS INTEGER);

-- A row that a later period says anew is superseded; else one that breaks a rule is in quarantine. sent_in: the period of its file;
-- replaced_in: the last that says it, NULL where no other does.
CREATE MACRO fate_of(sent_in, replaced_in, broken) AS
    CASE
        WHEN sent_in < replaced_in THEN 'superseded'
        WHEN broken IS NOT NULL THEN 'quarantined'
        ELSE 'accepted'
    END;
