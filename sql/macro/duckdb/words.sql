-- Purpose: words in the form that tables are joined on. On Spark the same macros run, over batches of rows, in a DuckDB of each
-- worker: no other library has the same tables of letters and accents.

-- A text without the blanks of any kind around it.
CREATE MACRO trimmed(field) AS trim(field);

-- A text in upper case without accents.
CREATE MACRO unaccented(field) AS upper(strip_accents(field));

-- A word without case, accents, blanks and signs: what is alike when it is read aloud is alike here.
CREATE MACRO folded(field) AS regexp_replace(strip_accents(upper(field)), '[^0-9A-Z]', '', 'g');

-- How alike two texts are without case, from 0 to 1 (Jaro-Winkler).
CREATE MACRO word_similarity(one_text, other_text) AS CAST(jaro_winkler_similarity(lower(one_text), lower(other_text)) AS DECIMAL(18, 6));
