import { scaled, scalersOf } from '../model/scaler.ts';
import type { Workload } from '../model/workload.ts';
import type { Rule } from './rule.ts';

/** An autoscaler's bounds are the wrong way round, or leave it nothing to do, or another one disputes them. */
export const scaleBounds: Rule = {
  id: 'scale-bounds',
  severity: 'error',
  family: 'scaling',
  title: "an autoscaler's least is more than its most, or another one scales the same workload",
  *check({ model }) {
    const owners = new Map<Workload, string>();
    for (const scaler of scalersOf(model)) {
      const { object, min, max, paths } = scaler;
      if (max !== undefined && min > max) {
        yield {
          object,
          path: paths.min,
          message: `the least, ${min}, is more than the most, ${max}: it would be refused`,
        };
      } else if (max !== undefined && min === max) {
        yield {
          object,
          path: paths.max,
          message: `the least and the most are both ${max}: it would never scale anything`,
          severity: 'warning',
        };
      }
      const workload = scaled(model, scaler);
      if (workload === undefined) continue;
      const other = owners.get(workload);
      if (other === undefined) owners.set(workload, `${object.kind} ${scaler.name}`);
      else {
        yield {
          object,
          path: 'spec.scaleTargetRef.name',
          message: `${other} scales ${workload.kind} ${workload.name} too: the controller would let neither of them scale`,
        };
      }
    }
  },
};
