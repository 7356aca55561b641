/**
 * What `work` resolves with, unless it takes longer than so many milliseconds; it is not stopped then.
 * @param what as a sentence goes on by `within 4 s`: `Redis did not answer`
 * @throws what `work` fails with, or that sentence.
 */
export async function within<Value>(
  work: Promise<Value>,
  milliseconds: number,
  what: string,
): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} within ${milliseconds / 1000} s`)), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
