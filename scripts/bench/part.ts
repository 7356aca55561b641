/** What one part of a bench found: a table for people, and `key=value` for the last line. */
export interface Part {
  readonly text: string;
  readonly figures: readonly string[];
}
