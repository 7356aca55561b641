-- A place that is there keeps when it was collected.
INSERT INTO locations (id, name, search_name, country, latitude, longitude, population, timezone) VALUES ?
ON DUPLICATE KEY UPDATE
  name = VALUES(name), search_name = VALUES(search_name), country = VALUES(country), latitude = VALUES(latitude),
  longitude = VALUES(longitude), population = VALUES(population), timezone = VALUES(timezone)
