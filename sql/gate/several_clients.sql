-- Purpose: people who are two or three clients of one agency, where nobody decided that they are. Grain: agency. Named, not blocking.
-- With more than three the links are in review and not made.
WITH person AS (
    SELECT agency, chi_number, count(*) AS clients, count(*) FILTER (WHERE link_method = 'decision') AS decided
    FROM core.link
    WHERE chi_number IS NOT NULL
    GROUP BY agency, chi_number
),
final AS (
    SELECT
        agency,
        CAST(count(*) AS VARCHAR) || CASE count(*) WHEN 1 THEN ' person is ' ELSE ' people are ' END
            || CAST(sum(clients) AS VARCHAR) || ' clients: does the agency have them under old numbers too?' AS found
    FROM person
    WHERE clients > 1 AND decided < clients
    GROUP BY agency
)
SELECT * FROM final ORDER BY agency
