-- Purpose: people of lines who are not in person, or the other way round. Grain: count. Holds when empty.
WITH line AS (
    SELECT DISTINCT person_id FROM release.cost_line WHERE person_id IS NOT NULL
)
SELECT count(*) AS people
FROM line
FULL JOIN release.person USING (person_id)
WHERE line.person_id IS NULL OR person.first_month IS NULL
HAVING count(*) > 0
