-- Purpose: one table of all activity and payment rows, each with its service and its one fate.
-- Grain: part of a record in a file that counts. Inputs: accepted and quarantined records, admission types, cost code map.
-- Conserves: every row and every pound of the feeds. A record that comes again in a later period supersedes the earlier one
-- with all its parts, but for two: a credit is added to the payment it cancels (and where a file takes all of a payment back and
-- books it anew, so are its other lines), and the national extract of hospital episodes replaces the cost months that it has. The accepted rows of one episode are costed as one record, on its first row.
-- NOT MATERIALIZED: records are read twice, once for their keys; kept between the two, all columns of a country's would be spilled.
WITH hospital_episode AS NOT MATERIALIZED (
    -- The three feeds of hospital stays have the same columns in the same order.
    SELECT 'acute' AS feed, * FROM staged.acute
    UNION ALL SELECT 'acute' AS feed, * FROM quarantine.acute
    UNION ALL SELECT 'maternity' AS feed, * FROM staged.maternity
    UNION ALL SELECT 'maternity' AS feed, * FROM quarantine.maternity
    UNION ALL SELECT 'mental_health' AS feed, * FROM staged.mental_health
    UNION ALL SELECT 'mental_health' AS feed, * FROM quarantine.mental_health
),
hospital_record AS NOT MATERIALIZED (
    SELECT
        agency, feed, record_key, part, broken_rules, period, source_file, source_row, row_count,
        CASE
            WHEN feed = 'maternity' THEN 'maternity'
            WHEN feed = 'mental_health' THEN 'mental_health_inpatient'
            WHEN geriatric_long_stay = 'Y' THEN 'geriatric_long_stay'
            WHEN inpatient_day_case = 'D' THEN 'acute_day_case'
            ELSE 'acute_' || coalesce(admission_types.admission, 'other')
        END AS service,
        admission_date AS start_date, discharge_date AS end_date,
        -- A day case is one case of its day, whatever else its dates say.
        CASE WHEN inpatient_day_case = 'D' THEN 'event' ELSE 'stay' END AS spread,
        CAST(1 AS DECIMAL(18, 4)) AS quantity, total_cost AS amount, CAST(NULL AS DECIMAL(18, 2)) AS client_contribution,
        specialty_code, location_code, CASE WHEN inpatient_day_case = 'D' OR admission_date = discharge_date THEN 'case' END AS variant,
        CASE WHEN chi_is_valid THEN chi_number END AS chi_number, CAST(NULL AS VARCHAR) AS social_care_id, postcode, cost_month
    FROM hospital_episode
    LEFT JOIN reference.admission_types USING (admission_type_code)
),
outpatient AS NOT MATERIALIZED (
    SELECT * FROM staged.outpatient
    UNION ALL
    SELECT * FROM quarantine.outpatient
),
outpatient_record AS NOT MATERIALIZED (
    SELECT
        agency, 'outpatient' AS feed, record_key, part, broken_rules, period, source_file, source_row, row_count,
        CASE attendance_status WHEN '1' THEN 'outpatient' WHEN '5' THEN 'outpatient_dna' WHEN '8' THEN 'outpatient_dna' END AS service,
        clinic_date AS start_date, CAST(NULL AS DATE) AS end_date, 'event' AS spread,
        CAST(1 AS DECIMAL(18, 4)) AS quantity, total_cost AS amount, CAST(NULL AS DECIMAL(18, 2)) AS client_contribution,
        specialty_code, location_code, CAST(NULL AS VARCHAR) AS variant,
        CASE WHEN chi_is_valid THEN chi_number END AS chi_number, CAST(NULL AS VARCHAR) AS social_care_id, postcode
    FROM outpatient
),
emergency AS NOT MATERIALIZED (
    SELECT * FROM staged.emergency
    UNION ALL
    SELECT * FROM quarantine.emergency
),
emergency_record AS NOT MATERIALIZED (
    SELECT
        agency, 'emergency' AS feed, record_key, part, broken_rules, period, source_file, source_row, row_count, 'emergency' AS service,
        CAST(arrival_datetime AS DATE) AS start_date, CAST(NULL AS DATE) AS end_date, 'event' AS spread,
        CAST(1 AS DECIMAL(18, 4)) AS quantity, total_cost AS amount, CAST(NULL AS DECIMAL(18, 2)) AS client_contribution,
        CAST(NULL AS VARCHAR) AS specialty_code, location_code, CAST(NULL AS VARCHAR) AS variant,
        CASE WHEN chi_is_valid THEN chi_number END AS chi_number, CAST(NULL AS VARCHAR) AS social_care_id, postcode
    FROM emergency
),
prescribing AS NOT MATERIALIZED (
    SELECT * FROM staged.prescribing
    UNION ALL
    SELECT * FROM quarantine.prescribing
),
prescribing_record AS NOT MATERIALIZED (
    SELECT
        agency, 'prescribing' AS feed, record_key, part, broken_rules, period, source_file, source_row, row_count, 'prescribing' AS service,
        paid_month AS start_date, CAST(NULL AS DATE) AS end_date, 'event' AS spread,
        paid_items AS quantity, gross_ingredient_cost AS amount, CAST(NULL AS DECIMAL(18, 2)) AS client_contribution,
        CAST(NULL AS VARCHAR) AS specialty_code, CAST(NULL AS VARCHAR) AS location_code, CAST(NULL AS VARCHAR) AS variant,
        CASE WHEN chi_is_valid THEN chi_number END AS chi_number, CAST(NULL AS VARCHAR) AS social_care_id, postcode
    FROM prescribing
),
gp_out_of_hours AS NOT MATERIALIZED (
    SELECT * FROM staged.gp_out_of_hours
    UNION ALL
    SELECT * FROM quarantine.gp_out_of_hours
),
gp_out_of_hours_record AS NOT MATERIALIZED (
    SELECT
        agency, 'gp_out_of_hours' AS feed, record_key, part, broken_rules, period, source_file, source_row, row_count,
        'gp_out_of_hours' AS service,
        CAST(start_datetime AS DATE) AS start_date, CAST(NULL AS DATE) AS end_date, 'event' AS spread,
        CAST(1 AS DECIMAL(18, 4)) AS quantity, CAST(NULL AS DECIMAL(18, 2)) AS amount,
        CAST(NULL AS DECIMAL(18, 2)) AS client_contribution,
        CAST(NULL AS VARCHAR) AS specialty_code, CAST(NULL AS VARCHAR) AS location_code, consultation_type AS variant,
        CASE WHEN chi_is_valid THEN chi_number END AS chi_number, CAST(NULL AS VARCHAR) AS social_care_id, postcode
    FROM gp_out_of_hours
),
community_contact AS NOT MATERIALIZED (
    -- Two feeds with the same columns in the same order; the service has the feed's name.
    SELECT 'community_nursing' AS feed, * FROM staged.community_nursing
    UNION ALL SELECT 'community_nursing' AS feed, * FROM quarantine.community_nursing
    UNION ALL SELECT 'community_mental_health' AS feed, * FROM staged.community_mental_health
    UNION ALL SELECT 'community_mental_health' AS feed, * FROM quarantine.community_mental_health
),
community_contact_record AS NOT MATERIALIZED (
    SELECT
        agency, feed, record_key, part, broken_rules, period, source_file, source_row, row_count, feed AS service,
        contact_date AS start_date, CAST(NULL AS DATE) AS end_date, 'event' AS spread,
        CAST(1 AS DECIMAL(18, 4)) AS quantity, CAST(NULL AS DECIMAL(18, 2)) AS amount,
        CAST(NULL AS DECIMAL(18, 2)) AS client_contribution,
        CAST(NULL AS VARCHAR) AS specialty_code, CAST(NULL AS VARCHAR) AS location_code, contact_type AS variant,
        CASE WHEN chi_is_valid THEN chi_number END AS chi_number, CAST(NULL AS VARCHAR) AS social_care_id, postcode
    FROM community_contact
),
delayed_discharge AS NOT MATERIALIZED (
    SELECT * FROM staged.delayed_discharge
    UNION ALL
    SELECT * FROM quarantine.delayed_discharge
),
delayed_discharge_record AS NOT MATERIALIZED (
    SELECT
        agency, 'delayed_discharge' AS feed, record_key, part, broken_rules, period, source_file, source_row, row_count,
        'delayed_discharge' AS service,
        ready_for_discharge_date AS start_date, delay_end_date AS end_date, 'stay' AS spread,
        CAST(1 AS DECIMAL(18, 4)) AS quantity, CAST(NULL AS DECIMAL(18, 2)) AS amount,
        CAST(NULL AS DECIMAL(18, 2)) AS client_contribution,
        CAST(NULL AS VARCHAR) AS specialty_code, CAST(NULL AS VARCHAR) AS location_code, CAST(NULL AS VARCHAR) AS variant,
        CASE WHEN chi_is_valid THEN chi_number END AS chi_number, CAST(NULL AS VARCHAR) AS social_care_id,
        CAST(NULL AS VARCHAR) AS postcode
    FROM delayed_discharge
),
home_care AS NOT MATERIALIZED (
    SELECT * FROM staged.home_care
    UNION ALL
    SELECT * FROM quarantine.home_care
),
home_care_record AS NOT MATERIALIZED (
    SELECT
        agency, 'home_care' AS feed, record_key, part, broken_rules, period, source_file, source_row, row_count,
        CASE
            WHEN reablement = '1' THEN 'home_care_reablement'
            WHEN service_type = '2' THEN 'home_care_personal'
            ELSE 'home_care_non_personal'
        END AS service,
        month AS start_date, CAST(NULL AS DATE) AS end_date, 'event' AS spread,
        hours AS quantity, gross_cost AS amount, CAST(NULL AS DECIMAL(18, 2)) AS client_contribution,
        CAST(NULL AS VARCHAR) AS specialty_code, CAST(NULL AS VARCHAR) AS location_code, CAST(NULL AS VARCHAR) AS variant,
        CAST(NULL AS VARCHAR) AS chi_number, social_care_id, CAST(NULL AS VARCHAR) AS postcode
    FROM home_care
),
care_home AS NOT MATERIALIZED (
    SELECT * FROM staged.care_home
    UNION ALL
    SELECT * FROM quarantine.care_home
),
care_home_record AS NOT MATERIALIZED (
    SELECT
        agency, 'care_home' AS feed, record_key, part, broken_rules, period, source_file, source_row, row_count,
        CASE
            WHEN admission_type = '1' THEN 'care_home_respite'
            WHEN nursing_care = '1' THEN 'care_home_nursing'
            ELSE 'care_home_residential'
        END AS service,
        admission_date AS start_date, discharge_date AS end_date, 'stay' AS spread,
        CAST(1 AS DECIMAL(18, 4)) AS quantity, gross_weekly_cost AS amount, client_weekly_contribution AS client_contribution,
        CAST(NULL AS VARCHAR) AS specialty_code, CAST(NULL AS VARCHAR) AS location_code, CAST(NULL AS VARCHAR) AS variant,
        CAST(NULL AS VARCHAR) AS chi_number, social_care_id, CAST(NULL AS VARCHAR) AS postcode
    FROM care_home
),
self_directed_support AS NOT MATERIALIZED (
    SELECT * FROM staged.self_directed_support
    UNION ALL
    SELECT * FROM quarantine.self_directed_support
),
self_directed_support_record AS NOT MATERIALIZED (
    SELECT
        agency, 'self_directed_support' AS feed, record_key, part, broken_rules, period, source_file, source_row, row_count,
        CASE option
            WHEN '1' THEN 'sds_direct_payment' WHEN '2' THEN 'sds_option_2' WHEN '3' THEN 'sds_option_3' WHEN '4' THEN 'sds_option_4'
        END AS service,
        month AS start_date, CAST(NULL AS DATE) AS end_date, 'event' AS spread,
        CAST(1 AS DECIMAL(18, 4)) AS quantity, gross_amount AS amount, client_contribution,
        CAST(NULL AS VARCHAR) AS specialty_code, CAST(NULL AS VARCHAR) AS location_code, CAST(NULL AS VARCHAR) AS variant,
        CAST(NULL AS VARCHAR) AS chi_number, social_care_id, CAST(NULL AS VARCHAR) AS postcode
    FROM self_directed_support
),
equipment AS NOT MATERIALIZED (
    SELECT * FROM staged.equipment
    UNION ALL
    SELECT * FROM quarantine.equipment
),
equipment_record AS NOT MATERIALIZED (
    -- The last day counts: the item is still in the home. An item counts in every month that has one of its days.
    SELECT
        agency, 'equipment' AS feed, record_key, part, broken_rules, period, source_file, source_row, row_count, 'telecare' AS service,
        start_date, end_date + 1 AS end_date, 'month' AS spread,
        CAST(1 AS DECIMAL(18, 4)) AS quantity, CAST(NULL AS DECIMAL(18, 2)) AS amount,
        CAST(NULL AS DECIMAL(18, 2)) AS client_contribution,
        CAST(NULL AS VARCHAR) AS specialty_code, CAST(NULL AS VARCHAR) AS location_code, CAST(NULL AS VARCHAR) AS variant,
        CAST(NULL AS VARCHAR) AS chi_number, social_care_id, CAST(NULL AS VARCHAR) AS postcode
    FROM equipment
),
payments AS NOT MATERIALIZED (
    SELECT * FROM staged.payments
    UNION ALL
    SELECT * FROM quarantine.payments
),
paid_in_period AS NOT MATERIALIZED (
    SELECT
        agency, record_key, period,
        sum(CASE WHEN gross_amount > 0 THEN gross_amount END) AS paid, sum(CASE WHEN gross_amount < 0 THEN gross_amount END) AS credited
    FROM payments
    WHERE broken_rules IS NULL AND record_key IS NOT NULL
    GROUP BY agency, record_key, period
),
booked AS NOT MATERIALIZED (
    SELECT *, lag(paid) OVER (PARTITION BY agency, record_key ORDER BY period) AS paid_before FROM paid_in_period WHERE paid IS NOT NULL
),
rebooked AS NOT MATERIALIZED (
    -- A later file takes back all that was paid, and says in other lines what is right.
    SELECT agency, record_key, period FROM booked WHERE credited = -paid_before
),
payment_record AS NOT MATERIALIZED (
    SELECT
        payments.agency, 'payments' AS feed, payments.record_key,
        -- What is added to earlier lines stands beside them under a part of its own.
        CASE WHEN gross_amount < 0 OR rebooked.period IS NOT NULL THEN payments.period || '/' || part ELSE part END AS part,
        broken_rules, payments.period, source_file, source_row, row_count,
        CASE
            WHEN code_map.treatment IS NULL THEN 'unmapped'
            WHEN code_map.treatment = 'cost' THEN code_map.service
        END AS service,
        period_from AS start_date, period_to + 1 AS end_date, 'span' AS spread,
        CAST(1 AS DECIMAL(18, 4)) AS quantity, gross_amount AS amount, client_contribution,
        CAST(NULL AS VARCHAR) AS specialty_code, CAST(NULL AS VARCHAR) AS location_code, CAST(NULL AS VARCHAR) AS variant,
        CAST(NULL AS VARCHAR) AS chi_number, social_care_id, CAST(NULL AS VARCHAR) AS postcode
    FROM payments
    LEFT JOIN rebooked
        ON rebooked.agency = payments.agency AND rebooked.record_key = payments.record_key AND rebooked.period = payments.period
    LEFT JOIN reference.cost_code_map AS code_map
        ON code_map.agency = payments.agency
        AND code_map.cost_code = payments.cost_code
        AND coalesce(payments.period_from, CAST(payments.period || '-01' AS DATE))
            BETWEEN coalesce(code_map.valid_from, DATE '0001-01-01') AND coalesce(code_map.valid_to, DATE '9999-12-31')
),
other_record AS NOT MATERIALIZED (
    SELECT * FROM outpatient_record
    UNION ALL SELECT * FROM emergency_record
    UNION ALL SELECT * FROM prescribing_record
    UNION ALL SELECT * FROM gp_out_of_hours_record
    UNION ALL SELECT * FROM community_contact_record
    UNION ALL SELECT * FROM delayed_discharge_record
    UNION ALL SELECT * FROM home_care_record
    UNION ALL SELECT * FROM care_home_record
    UNION ALL SELECT * FROM self_directed_support_record
    UNION ALL SELECT * FROM equipment_record
    UNION ALL SELECT * FROM payment_record
),
said_in AS NOT MATERIALIZED (
    -- Periods as numbers: the least and the largest text of each of a country's records do not fit into memory, and are not spilled.
    SELECT
        agency, feed, coalesce(record_key, source_file || ':' || CAST(source_row AS VARCHAR)) AS own_key, period_number(period) AS period,
        -- What is added to a payment does not say it anew.
        CASE WHEN feed <> 'payments' OR part NOT LIKE period || '/%' THEN period_number(period) END AS period_anew
    FROM other_record
),
said_again AS MATERIALIZED (
    -- The few records that come in several periods. Found before the records are read a second time, so that those need not wait in memory.
    SELECT agency, feed, own_key, max(period_anew) AS last_period
    FROM said_in
    GROUP BY agency, feed, own_key
    HAVING min(period) < max(period)
),
other_standing AS (
    SELECT
        other_record.*, fate_of(period_number(other_record.period), said_again.last_period, other_record.broken_rules) AS fate,
        TRUE AS is_lead, other_record.amount AS record_amount
    FROM other_record
    LEFT JOIN said_again
        ON said_again.agency = other_record.agency AND said_again.feed = other_record.feed
        AND said_again.own_key = coalesce(other_record.record_key, other_record.source_file || ':' || CAST(other_record.source_row AS VARCHAR))
),
hospital_ranked AS (
    -- replaced_in: the last period that says the row anew. A row without a readable key stands for itself.
    SELECT
        * EXCLUDE (cost_month),
        CASE
            WHEN cost_month IS NULL THEN max(period) OVER episode
            ELSE greatest(
                max(period) OVER (PARTITION BY agency, feed, coalesce(record_key, source_file || ':' || CAST(source_row AS VARCHAR)), cost_month),
                coalesce(max(CASE WHEN cost_month IS NULL THEN period END) OVER episode, '')
            )
        END AS replaced_in
    FROM hospital_record
    WINDOW episode AS (PARTITION BY agency, feed, coalesce(record_key, source_file || ':' || CAST(source_row AS VARCHAR)))
),
hospital_fated AS (
    SELECT * EXCLUDE (replaced_in), fate_of(period, replaced_in, broken_rules) AS fate FROM hospital_ranked
),
hospital_standing AS (
    -- The first row of an episode's latest file stands for all of it, whatever part it was.
    SELECT *, part AS own_part, TRUE AS is_lead, amount AS record_amount FROM hospital_fated WHERE fate <> 'accepted'
    UNION ALL
    SELECT
        *,
        CASE WHEN row_number() OVER (PARTITION BY agency, feed, record_key ORDER BY period DESC, part) = 1 THEN '' ELSE part END AS own_part,
        row_number() OVER (PARTITION BY agency, feed, record_key ORDER BY period DESC, part) = 1,
        CAST(sum(amount) OVER (PARTITION BY agency, feed, record_key) AS DECIMAL(18, 2))
    FROM hospital_fated
    WHERE fate = 'accepted'
),
standing AS (
    SELECT * FROM other_standing
    UNION ALL
    SELECT
        agency, feed, record_key, own_part AS part, broken_rules, period, source_file, source_row, row_count, service, start_date, end_date,
        spread, quantity, amount, client_contribution, specialty_code, location_code, variant, chi_number, social_care_id, postcode,
        fate, is_lead, record_amount
    FROM hospital_standing
),
final AS (
    SELECT
        agency, feed, record_key, part, fate, coalesce(' ' || broken_rules LIKE '% duplicate_%' OR ' ' || broken_rules LIKE '% corrected.%', FALSE) AS is_void,
        is_lead, broken_rules, period, source_file, source_row, row_count, service, start_date,
        end_date, spread, quantity, amount, CASE WHEN is_lead THEN record_amount END AS record_amount, client_contribution,
        specialty_code, location_code, variant, chi_number, social_care_id, postcode
    FROM standing
)
SELECT * FROM final
