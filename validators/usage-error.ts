/** The caller's arguments or surroundings make the work impossible: exit 2, nothing was judged. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
