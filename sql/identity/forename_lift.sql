-- Purpose: how much likelier a person of a sex and generation has a forename than anybody has, in bits. Grain: forename × generation.
-- Inputs: register_standard; $usual_bearers. Conserves: every forename of the register once in every generation.
-- Margaret is a common name of women born before 1960, and a rare one of women born since. With few bearers little can be told: as
-- many as $usual_bearers are taken to be as likely in their generation as two people of a generation are, on average, to share a forename.
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
    SELECT sum(people * (people - 1)) AS agreeing, sum(people) * (sum(people) - 1) AS pairs, sum(people) AS people FROM forename_count
),
average AS (
    -- 1 where the register is too small to tell.
    SELECT
        o.people,
        greatest(1, coalesce((w.agreeing / nullif(w.pairs, 0)) / (nullif(o.agreeing, 0) / nullif(o.pairs, 0)), 1)) AS lift
    FROM within_generation AS w
    CROSS JOIN overall AS o
),
final AS (
    SELECT
        f.forename, g.generation,
        round(log2((coalesce(n.people, 0) + $usual_bearers * a.lift) / (f.people * g.people / a.people + $usual_bearers)), 6) AS lift_bits
    FROM forename_count AS f
    CROSS JOIN generation_count AS g
    LEFT JOIN named AS n ON n.forename = f.forename AND n.generation = g.generation
    CROSS JOIN average AS a
)
SELECT * FROM final
