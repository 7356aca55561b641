/** The forms of an event's words that a pattern tells slowly or not at all. They run for every event. */

const [zero, nine, a, f, capitalA, capitalF, hyphen] = [...'09afAF-'].map((one) => one.charCodeAt(0)) as [
  ...[number, number, number, number, number, number, number],
];

/** Whether a text is a UUID of any version, in letters of either case (RFC 9562, section 4). */
export function isUuid(text: string): boolean {
  if (text.length !== 36) return false;
  for (let index = 0; index < 36; index += 1) {
    const code = text.charCodeAt(index);
    if (index === 8 || index === 13 || index === 18 || index === 23) {
      if (code !== hyphen) return false;
    } else if (
      !((code >= zero && code <= nine) || (code >= a && code <= f) || (code >= capitalA && code <= capitalF))
    ) {
      return false;
    }
  }
  return true;
}

const lengths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** Whether a text that has the schema's pattern is a time that there is: no 13th month, no 30th of February, no 24 o'clock. */
export function isTime(text: string): boolean {
  const at = (index: number) => (text.charCodeAt(index) - zero) * 10 + text.charCodeAt(index + 1) - zero;
  const [year, month, day] = [at(0) * 100 + at(2), at(5), at(8)];
  const last = lengths[month - 1];
  if (last === undefined || day < 1 || day > last) return false;
  // Years of this schema are of one century, whose first is a leap year as well.
  if (month === 2 && day === 29 && year % 4 !== 0) return false;
  return at(11) < 24 && at(14) < 60;
}
