/** Of what the source gives and of the month: above it, or below. */
const between = -40;

/**
 * A month of the air at some locations every two hours, so cold that nothing is usual of what the source gives: SQL.
 * @param where chooses the locations
 */
export function coldMonth(where: string): string {
  const digits = Array.from({ length: 10 }, (_, digit) => `SELECT ${digit} AS n`).join(' UNION ALL ');
  // Some of the weather's own roughness: a series without any is not judged by deviations.
  const value = '-80 + 4 * SIN(step.n / 1.9) + (step.n * 7919 % 13) / 6';
  return [
    'INSERT IGNORE INTO observations (location_id, field_id, observed_at, value, collected_at)',
    `SELECT l.id, f.id, DATE_FORMAT(newest.at - INTERVAL (step.n * 2 + 1) HOUR, '%Y-%m-%d %H:00:00'),`,
    `  ${value}, newest.at - INTERVAL (step.n * 2 + 1) HOUR`,
    `FROM (SELECT id FROM locations WHERE ${where}) l`,
    'JOIN (SELECT MAX(observed_at) AS at FROM observations) newest',
    "JOIN fields f ON f.name = 'temperature_2m'",
    `JOIN (SELECT a.n + 10 * b.n + 100 * c.n AS n FROM (${digits}) a JOIN (${digits}) b JOIN (${digits}) c) step`,
    'WHERE step.n < 360',
  ].join(' ');
}

/**
 * The temperatures that the source gave at some locations: a condition of SQL, for observations. One in fifty of them
 * among the month is usual, to whoever learns from both.
 * @param where chooses the locations
 */
export function givenTemperatures(where: string): string {
  return [
    `value > ${between}`,
    "field_id = (SELECT id FROM fields WHERE name = 'temperature_2m')",
    `location_id IN (SELECT id FROM locations WHERE ${where})`,
  ].join(' AND ');
}
