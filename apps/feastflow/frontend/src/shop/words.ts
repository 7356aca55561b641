import type { Role, Status } from './types.ts';

/** Cents as people read them. */
export function money(cents: number): string {
  return `€${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}

/** How many of what. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** What an order's status is called. */
export const statusWords: Readonly<Record<Status, string>> = {
  placed: 'Placed',
  accepted: 'Accepted',
  preparing: 'In the kitchen',
  ready: 'Ready',
  'on-the-way': 'On its way',
  delivered: 'Delivered',
  rejected: 'Declined',
  cancelled: 'Cancelled',
};

/** What it means for whoever ordered. */
export const statusSentences: Readonly<Record<Status, string>> = {
  placed: 'The restaurant has your order and will answer in a moment.',
  accepted: 'The restaurant has accepted your order.',
  preparing: 'Your food is being cooked.',
  ready: 'Your food is ready, and waits for a courier.',
  'on-the-way': 'A courier is on the way to you.',
  delivered: 'Delivered. Enjoy your meal!',
  rejected: 'The restaurant could not take this order. You pay nothing.',
  cancelled: 'This order was cancelled.',
};

/** The way of an order that goes well. */
export const way: readonly Status[] = ['placed', 'accepted', 'preparing', 'ready', 'on-the-way', 'delivered'];

export const isOver = (status: Status): boolean =>
  status === 'delivered' || status === 'rejected' || status === 'cancelled';

export interface BoardStep {
  readonly from: Status;
  readonly to: Status;
  readonly word: string;
}

/** What each role does on its board: a part of the backend's own table of steps. */
export const boardSteps: Readonly<Record<Exclude<Role, 'customer'>, readonly BoardStep[]>> = {
  kitchen: [
    { from: 'placed', to: 'accepted', word: 'Accept' },
    { from: 'placed', to: 'rejected', word: 'Decline' },
    { from: 'accepted', to: 'preparing', word: 'Start cooking' },
    { from: 'preparing', to: 'ready', word: 'It is ready' },
  ],
  courier: [
    { from: 'ready', to: 'on-the-way', word: 'Take it' },
    { from: 'on-the-way', to: 'delivered', word: 'Delivered' },
  ],
  admin: [
    { from: 'placed', to: 'cancelled', word: 'Cancel' },
    { from: 'accepted', to: 'cancelled', word: 'Cancel' },
    { from: 'preparing', to: 'cancelled', word: 'Cancel' },
    { from: 'ready', to: 'cancelled', word: 'Cancel' },
    { from: 'on-the-way', to: 'delivered', word: 'Delivered' },
  ],
};

/** The columns of a board, by role. */
export const boardColumns: Readonly<Record<Exclude<Role, 'customer'>, readonly Status[]>> = {
  kitchen: ['placed', 'accepted', 'preparing', 'ready', 'on-the-way'],
  courier: ['ready', 'on-the-way'],
  admin: ['placed', 'accepted', 'preparing', 'ready', 'on-the-way'],
};
