/** An error as a line of the log has it. */
export interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  /** What it all began with, where that is another error: `connect ECONNREFUSED 10.0.0.7:9092 (ECONNREFUSED)`. */
  readonly cause?: string;
  readonly stack?: string;
}

/** Deeper than any client nests its errors. */
const deepest = 10;

/**
 * Shortens an error for the log: itself, and the first of its causes. A client that tried several brokers several times
 * gathers errors of errors, each with its stack: pages that all say the same.
 */
export function shortenError(error: unknown): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const first = firstCause(error);
  const code = codeOf(error);
  return {
    type: error.name,
    message: error.message,
    ...(code === undefined ? {} : { code }),
    ...(first === error ? {} : { cause: describe(first) }),
    // Where tries were gathered tells nothing.
    ...(error instanceof AggregateError || error.stack === undefined ? {} : { stack: error.stack }),
  };
}

function firstCause(error: Error): Error {
  let found = error;
  for (let depth = 0; depth < deepest; depth += 1) {
    const inner: unknown = found instanceof AggregateError ? (found.errors[0] ?? found.cause) : found.cause;
    if (!(inner instanceof Error)) break;
    found = inner;
  }
  return found;
}

function describe(error: Error): string {
  const code = codeOf(error);
  return code === undefined || error.message.includes(code) ? error.message : `${error.message} (${code})`;
}

function codeOf(error: Error): string | undefined {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : undefined;
}
