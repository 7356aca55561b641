SELECT id, name, search_name AS folded, country, latitude, longitude, elevation, population, timezone,
  collected_at AS collectedAt
FROM locations
