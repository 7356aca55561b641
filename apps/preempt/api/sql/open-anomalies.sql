-- One row a location: how many, and the worst (an ENUM's number grows with its place).
SELECT location_id AS location, COUNT(*) AS open, MAX(severity + 0) AS worst
FROM anomalies
WHERE ended_at IS NULL
GROUP BY location_id
