-- Purpose: how much likelier two people of one sex and generation share a forename than any two people. Grain: one row.
-- Inputs: register_standard. Conserves: nothing; 1 where the register is too small to tell.
WITH named AS (
    SELECT forename, generation, count(*) AS people
    FROM register_standard
    WHERE forename IS NOT NULL
    GROUP BY forename, generation
),
generation_count AS (
    SELECT generation, sum(people) AS people, sum(people * (people - 1)) AS agreeing FROM named GROUP BY generation
),
within_generation AS (
    SELECT sum(agreeing) AS agreeing, sum(people * (people - 1)) AS pairs FROM generation_count
),
forename_count AS (
    SELECT forename, sum(people) AS people FROM named GROUP BY forename
),
overall AS (
    SELECT sum(people * (people - 1)) AS agreeing, sum(people) * (sum(people) - 1) AS pairs FROM forename_count
),
final AS (
    SELECT greatest(1, coalesce((w.agreeing / nullif(w.pairs, 0)) / (nullif(o.agreeing, 0) / nullif(o.pairs, 0)), 1)) AS lift
    FROM within_generation AS w, overall AS o
)
SELECT * FROM final
