-- Purpose: control totals whose people and lines are not those of the lines. Grain: agency × service × month. Holds when empty.
WITH line AS (
    SELECT
        agency, service, month, count(DISTINCT person_id) AS people, count(*) AS lines,
        count(*) FILTER (WHERE cost_basis = 'uncosted') AS uncosted_lines
    FROM release.cost_line
    GROUP BY ALL
)
SELECT agency, service, month, control.people, control.lines, control.uncosted_lines
FROM release.control_total AS control
LEFT JOIN line USING (agency, service, month)
WHERE (control.people, control.lines, control.uncosted_lines)
    IS DISTINCT FROM (coalesce(line.people, 0), coalesce(line.lines, 0), coalesce(line.uncosted_lines, 0))
ORDER BY ALL
