/** A function that answers once for each object that it is asked about, for as long as that is there. */
export function oncePer<Asked extends object, Answer>(
  work: (asked: Asked) => Answer,
): (asked: Asked) => Answer {
  const answers = new WeakMap<Asked, { readonly answer: Answer }>();
  return (asked) => {
    const before = answers.get(asked);
    if (before !== undefined) return before.answer;
    const answer = work(asked);
    answers.set(asked, { answer });
    return answer;
  };
}
