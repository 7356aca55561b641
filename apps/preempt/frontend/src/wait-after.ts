/** The longest wait, milliseconds. */
const longest = 30_000;

/** How long to wait after so many failures in a row, milliseconds: longer each time, and not all clients at once. */
export function waitAfter(failures: number): number {
  return Math.min(longest, 1000 * 2 ** failures) * (0.5 + Math.random() / 2);
}
