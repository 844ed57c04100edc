-- Purpose: rows and pounds in quarantine, all of them once, and what becomes of them: a row whose pounds cannot be read is
-- named too. Grain: one row that names each agency and feed. Named, not blocking.
-- Ledger rows are named by ledger_quarantined.
WITH sent AS (
    SELECT agency, feed, sum(quarantined) AS records, sum(pounds_quarantined) AS amount
    FROM core.fate
    WHERE feed <> 'ledger'
    GROUP BY agency, feed
),
-- Pounds that are on lines of basis quarantined: H.
held AS (
    SELECT agency, feed, sum(amount) AS amount FROM core.held GROUP BY agency, feed
),
void AS (
    SELECT agency, feed, sum(amount) AS amount FROM core.record WHERE fate = 'quarantined' AND is_void GROUP BY agency, feed
),
-- Records of which no pounds are known: no amount, one that cannot be read, or a feed without money.
unread AS (
    SELECT agency, feed, sum(row_count) AS records FROM core.record WHERE fate = 'quarantined' AND amount IS NULL GROUP BY agency, feed
),
counted AS (
    SELECT
        sent.agency, sent.feed, sent.records, coalesce(unread.records, 0) AS unread, sent.amount,
        coalesce(held.amount, 0) AS held, coalesce(void.amount, 0) AS void,
        sent.amount - coalesce(held.amount, 0) - coalesce(void.amount, 0) AS elsewhere
    FROM sent
    LEFT JOIN held USING (agency, feed)
    LEFT JOIN void USING (agency, feed)
    LEFT JOIN unread USING (agency, feed)
),
named AS (
    SELECT
        agency, feed,
        concat_ws(
            ', ',
            agency || ' ' || feed || ': ' || CAST(records AS VARCHAR) || CASE records WHEN 1 THEN ' row' ELSE ' rows' END,
            CASE
                WHEN amount <> 0 OR held <> 0 OR void <> 0
                    THEN '£' || CAST(amount AS VARCHAR) || CASE feed WHEN 'care_home' THEN ' a week' ELSE '' END
            END,
            CASE WHEN held <> 0 THEN '£' || CAST(held AS VARCHAR) || ' of it on lines of basis quarantined' END,
            CASE WHEN void <> 0 THEN '£' || CAST(void AS VARCHAR) || ' of it duplicates or dropped by a correction, which count nowhere' END,
            CASE
                WHEN elsewhere <> 0
                    THEN '£' || CAST(elsewhere AS VARCHAR) || ' of it counts nowhere, for its service cannot be told or is not costed by these records'
            END,
            CASE
                WHEN unread = records THEN 'without pounds that can be read'
                WHEN unread > 0 THEN CAST(unread AS VARCHAR) || ' of them without pounds that can be read'
            END
        ) AS sentence
    FROM counted
    WHERE records > 0
),
final AS (
    SELECT string_agg(sentence, '; ' ORDER BY agency, feed) AS sentences
    FROM named
    HAVING count(*) > 0
)
SELECT * FROM final
