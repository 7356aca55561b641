import { inTransaction, type Pool } from '@plumbline/kit/postgres';
import { sql } from '../../sql/index.ts';
import { Problem } from '../problems.ts';
import { judgeStep, type OrderOfSomebody, type Person, partsOf, type Status } from './states.ts';

interface LockedRow extends OrderOfSomebody {
  readonly id: string;
  readonly version: number;
}

/**
 * Takes an order a step further, if that step is one and this person may take it.
 * @param version what the person saw, where that matters
 * @throws Problem when it is not, or the order is not theirs to see.
 */
export function moveOrder(
  pool: Pool,
  person: Person,
  id: string,
  { status, version }: { readonly status: Status; readonly version?: number },
): Promise<void> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<LockedRow>(sql['lock-order'], [id]);
    const [order] = rows;
    const parts = order === undefined ? [] : partsOf(person, order);
    if (order === undefined || parts.length === 0) throw new Problem('not-found', 'there is no such order');
    if (version !== undefined && version !== order.version)
      throw new Problem(
        'wrong-step',
        `the order has changed: it is ${order.status}, at version ${order.version}`,
      );
    const judged = judgeStep(parts, order.status, status);
    if (judged.kind === 'no-such-step')
      throw new Problem('wrong-step', `the order is ${order.status}: it cannot become ${status}`);
    if (judged.kind === 'for-others')
      throw new Problem('not-yours-to-do', `an order that is ${order.status} becomes ${status} by others`);
    const courier = status === 'on-the-way' ? person.account : order.courier;
    await client.query(sql['move-order'], [id, status, courier, person.account]);
    if (judged.step.givesBack === true) {
      await client.query(sql['lock-dishes-of'], [id]);
      await client.query(sql['give-back'], [id]);
    }
  });
}
