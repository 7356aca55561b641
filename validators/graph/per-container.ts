import type { Model } from '../model/model.ts';
import type { Container, Workload } from '../model/workload.ts';

/** Something that is read out of a container of a target. */
type Reader<Answer> = (model: Model, workload: Workload, container: Container) => Answer;

/** A reader that reads each container once: many rules ask, and files are parsed for the answer. */
export function perContainer<Answer>(read: Reader<Answer>): Reader<Answer> {
  const answers = new WeakMap<Container, { readonly answer: Answer }>();
  return (model, workload, container) => {
    const before = answers.get(container);
    if (before !== undefined) return before.answer;
    const answer = read(model, workload, container);
    answers.set(container, { answer });
    return answer;
  };
}
