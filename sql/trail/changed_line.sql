-- Purpose: every line that is another in one of two releases, or is in one alone, and which kind of change that is. Grain: cost line.
-- Inputs: cost_line and control_total of both (before, now), compared_cell; $prices, whether unit costs changed.
-- Conserves: pounds: cost_now − cost_before sums to the difference of the releases. A line that moves service is there twice.
-- new, gone: of a month that the other release does not have. restated: what the record says, or that it is there. revalued: the same
-- units at another unit cost. remapped: the same record under another service. relinked: another person, or known in another way.
-- rescaled: another share of the residual, because of other records or the ledger. moved: another home, age or sex. residual: no record.
WITH differing AS (
    SELECT DISTINCT agency, service, month FROM compared_cell
),
said_before AS (
    SELECT
        line_id,
        hash(person_id, link_method, units, direct_cost, residual_cost, client_contribution, council, locality, data_zone, age_band, sex) AS content
    FROM before.cost_line
    SEMI JOIN differing USING (agency, service, month)
),
said_now AS (
    SELECT
        line_id,
        hash(person_id, link_method, units, direct_cost, residual_cost, client_contribution, council, locality, data_zone, age_band, sex) AS content
    FROM now.cost_line
    SEMI JOIN differing USING (agency, service, month)
),
other_line AS (
    -- Most lines say the same in both: only the others are laid side by side with all that they say.
    SELECT line_id FROM said_before FULL JOIN said_now USING (line_id) WHERE said_before.content IS DISTINCT FROM said_now.content
),
line_before AS (
    SELECT cost_line.* FROM before.cost_line SEMI JOIN other_line USING (line_id)
),
line_now AS (
    SELECT cost_line.* FROM now.cost_line SEMI JOIN other_line USING (line_id)
),
month_before AS (
    SELECT DISTINCT agency, month FROM before.control_total
),
month_now AS (
    SELECT DISTINCT agency, month FROM now.control_total
),
paired AS (
    SELECT
        agency, service, month, line_id, coalesce(later.source_file, earlier.source_file) AS source_file,
        coalesce(later.source_row, earlier.source_row) AS source_row,
        earlier.line_id IS NULL AS is_added, later.line_id IS NULL AS is_taken_away,
        ((earlier.units, earlier.client_contribution) IS DISTINCT FROM (later.units, later.client_contribution)) AS is_other_record,
        coalesce(earlier.direct_cost <> later.direct_cost, (earlier.direct_cost IS NULL) <> (later.direct_cost IS NULL)) AS is_other_direct,
        coalesce(later.cost_basis, earlier.cost_basis) IN ('rate', 'uncosted') AS is_rated,
        ((earlier.person_id, earlier.link_method) IS DISTINCT FROM (later.person_id, later.link_method)) AS is_other_person,
        coalesce(earlier.residual_cost <> later.residual_cost, TRUE) AS is_other_residual,
        ((earlier.council, earlier.locality, earlier.data_zone, earlier.age_band, earlier.sex)
            IS DISTINCT FROM (later.council, later.locality, later.data_zone, later.age_band, later.sex)) AS is_other_home,
        earlier.direct_cost AS direct_before, later.direct_cost AS direct_now, earlier.cost AS cost_before, later.cost AS cost_now,
        coalesce(later.units, earlier.units) AS units
    FROM line_before AS earlier
    FULL JOIN line_now AS later USING (line_id, agency, service, month)
),
single_line AS (
    -- Lines that are in one release alone, numbered within their row, month and what they say, so that each has one counterpart.
    SELECT
        *, coalesce(direct_now, direct_before) AS direct,
        row_number() OVER (
            PARTITION BY agency, source_file, source_row, month, is_added, coalesce(direct_now, direct_before), units ORDER BY service, line_id
        ) AS number
    FROM paired
    WHERE (is_added OR is_taken_away) AND source_file IS NOT NULL
),
remapped AS (
    SELECT taken.line_id, added.line_id AS other_line_id
    FROM single_line AS taken
    JOIN single_line AS added
        ON added.agency = taken.agency AND added.source_file = taken.source_file AND added.source_row = taken.source_row
        AND added.month = taken.month AND added.number = taken.number AND added.service <> taken.service
        AND added.direct IS NOT DISTINCT FROM taken.direct AND added.units IS NOT DISTINCT FROM taken.units
    WHERE taken.is_taken_away AND added.is_added
),
remapped_line AS (
    SELECT line_id FROM remapped
    UNION
    SELECT other_line_id FROM remapped
),
final AS (
    SELECT
        paired.agency, paired.service, paired.month, paired.line_id, paired.source_file, paired.source_row,
        CASE
            WHEN month_before.month IS NULL THEN 'new'
            WHEN month_now.month IS NULL THEN 'gone'
            WHEN paired.source_file IS NULL THEN 'residual'
            WHEN remapped_line.line_id IS NOT NULL THEN 'remapped'
            WHEN is_added OR is_taken_away OR is_other_record OR (is_other_direct AND NOT (is_rated AND $prices)) THEN 'restated'
            WHEN is_other_direct THEN 'revalued'
            WHEN is_other_person THEN 'relinked'
            WHEN is_other_residual THEN 'rescaled'
            ELSE 'moved'
        END AS change_kind,
        direct_before, direct_now, cost_before, cost_now
    FROM paired
    LEFT JOIN month_before ON month_before.agency = paired.agency AND month_before.month = paired.month
    LEFT JOIN month_now ON month_now.agency = paired.agency AND month_now.month = paired.month
    LEFT JOIN remapped_line ON remapped_line.line_id = paired.line_id
    WHERE is_added OR is_taken_away OR is_other_record OR is_other_direct OR is_other_person OR is_other_residual OR is_other_home
)
SELECT * FROM final
