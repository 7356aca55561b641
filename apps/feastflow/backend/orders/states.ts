export const statuses = [
  'placed',
  'accepted',
  'preparing',
  'ready',
  'on-the-way',
  'delivered',
  'rejected',
  'cancelled',
] as const;
export type Status = (typeof statuses)[number];

export const roles = ['customer', 'kitchen', 'courier', 'admin'] as const;
export type Role = (typeof roles)[number];

/** What somebody is to one order. */
export type Part = 'owner' | 'kitchen' | 'courier' | 'carrier' | 'admin';

export interface Step {
  readonly from: Status;
  readonly to: Status;
  readonly by: readonly Part[];
  /** Nothing was cooked yet: what was ordered can be sold to others. */
  readonly givesBack?: true;
}

/** Every step that an order can take, and who may take it: what is not here cannot be. */
export const steps: readonly Step[] = [
  { from: 'placed', to: 'accepted', by: ['kitchen'] },
  { from: 'placed', to: 'rejected', by: ['kitchen'], givesBack: true },
  { from: 'placed', to: 'cancelled', by: ['owner', 'admin'], givesBack: true },
  { from: 'accepted', to: 'preparing', by: ['kitchen'] },
  { from: 'accepted', to: 'cancelled', by: ['admin'], givesBack: true },
  { from: 'preparing', to: 'ready', by: ['kitchen'] },
  { from: 'preparing', to: 'cancelled', by: ['admin'] },
  { from: 'ready', to: 'on-the-way', by: ['courier'] },
  { from: 'ready', to: 'cancelled', by: ['admin'] },
  { from: 'on-the-way', to: 'delivered', by: ['carrier', 'admin'] },
];

export interface Person {
  readonly account: string;
  readonly role: Role;
  readonly restaurant: number | null;
}

export interface OrderOfSomebody {
  readonly account: string;
  readonly restaurant: number;
  readonly courier: string | null;
  readonly status: Status;
}

/** What a person is to an order; nothing for a stranger, who is not told that it exists. */
export function partsOf(person: Person, order: OrderOfSomebody): Part[] {
  const parts: Part[] = [];
  if (order.account === person.account) parts.push('owner');
  if (person.role === 'kitchen' && person.restaurant === order.restaurant) parts.push('kitchen');
  if (person.role === 'courier' && order.courier === person.account) parts.push('carrier');
  if (person.role === 'courier' && order.status === 'ready') parts.push('courier');
  if (person.role === 'admin') parts.push('admin');
  return parts;
}

export type Judged =
  | { readonly kind: 'may'; readonly step: Step }
  | { readonly kind: 'no-such-step' }
  | { readonly kind: 'for-others' };

/** Whether somebody with these parts may take the order from one status to another. */
export function judgeStep(parts: readonly Part[], from: Status, to: Status): Judged {
  const step = steps.find((one) => one.from === from && one.to === to);
  if (step === undefined) return { kind: 'no-such-step' };
  return step.by.some((part) => parts.includes(part)) ? { kind: 'may', step } : { kind: 'for-others' };
}
