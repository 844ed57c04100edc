-- Purpose: the taxonomy of services, so that every service of the other tables has its name and place.
-- Grain: service. Inputs: services. Conserves: every declared service once, and `unmapped`, to which pounds without a service go.
WITH declared AS (
    SELECT service, name, sector, setting, programme, unit FROM reference.services
),
final AS (
    SELECT * FROM declared
    UNION ALL
    SELECT 'unmapped', 'Ledger codes without a service', CAST(NULL AS VARCHAR), 'community', CAST(NULL AS VARCHAR), 'none'
    WHERE NOT EXISTS (SELECT 1 FROM declared WHERE service = 'unmapped')
)
SELECT * FROM final ORDER BY service
