/**
 * A pure function that remembers its answers by their key: a render holds the same text many times, and environments
 * share most of theirs. What was remembered is given up when there is too much of it.
 * @param keyOf what the answer depends on, whole; undefined for what is not worth remembering.
 */
export function remember<Arguments extends readonly unknown[], Answer>(
  work: (...given: Arguments) => Answer,
  keyOf: (...given: Arguments) => string | undefined,
  most = 20_000,
): (...given: Arguments) => Answer {
  const answers = new Map<string, Answer>();
  return (...given) => {
    const key = keyOf(...given);
    if (key === undefined) return work(...given);
    const before = answers.get(key);
    if (before !== undefined || answers.has(key)) return before as Answer;
    const answer = work(...given);
    if (answers.size >= most) answers.clear();
    answers.set(key, answer);
    return answer;
  };
}
