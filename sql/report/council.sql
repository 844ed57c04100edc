-- Purpose: the partners' councils by every code that they have had. Grain: code.
SELECT code, name FROM release.area WHERE kind = 'council' AND code IS NOT NULL ORDER BY code
