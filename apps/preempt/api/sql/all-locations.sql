SELECT id, name, search_name AS searchName, country, latitude, longitude, elevation, population, timezone,
  collected_at AS collectedAt
FROM locations
