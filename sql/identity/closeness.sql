-- Purpose: how much likelier two strangers of one sex and generation share a forename than any two strangers. Grain: one row.
-- Inputs: register_standard. Conserves: nothing; 1 where the register cannot tell.
WITH named AS (
    SELECT forename, generation, count(*) AS people FROM register_standard WHERE forename IS NOT NULL GROUP BY forename, generation
),
within_generation AS (
    SELECT sum(alike) AS alike, sum(people * (people - 1)) AS pairs
    FROM (SELECT generation, sum(people) AS people, sum(people * (people - 1)) AS alike FROM named GROUP BY generation)
),
overall AS (
    SELECT sum(people * (people - 1)) AS alike, sum(people) * (sum(people) - 1) AS pairs
    FROM (SELECT forename, sum(people) AS people FROM named GROUP BY forename)
),
final AS (
    SELECT greatest(1, coalesce((w.alike / nullif(w.pairs, 0)) / (nullif(o.alike, 0) / nullif(o.pairs, 0)), 1)) AS closeness
    FROM within_generation AS w, overall AS o
)
SELECT closeness FROM final
