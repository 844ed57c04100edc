-- Purpose: person ids that became others. Grain: period.
SELECT changed_in, count(*) AS people FROM release.person_history GROUP BY changed_in ORDER BY changed_in
