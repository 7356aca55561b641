import type { Model } from './model.ts';

/** A reader that reads each target once, for the many that ask. */
export function perModel<Answer>(read: (model: Model) => Answer): (model: Model) => Answer {
  const answers = new WeakMap<Model, { readonly answer: Answer }>();
  return (model) => {
    const before = answers.get(model);
    if (before !== undefined) return before.answer;
    const answer = read(model);
    answers.set(model, { answer });
    return answer;
  };
}
