-- The unit is what the source said last.
INSERT INTO fields (name, unit) VALUES ?
ON DUPLICATE KEY UPDATE unit = IF(VALUES(unit) = '', unit, VALUES(unit))
