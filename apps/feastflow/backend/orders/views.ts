import type { Part, Status } from './states.ts';

/** A row of `order_views`. */
export interface OrderRow {
  readonly id: string;
  /** As the driver gives a bigint. */
  readonly number: string;
  readonly account: string;
  readonly restaurantId: number;
  readonly courier: string | null;
  readonly restaurant: string;
  readonly status: Status;
  readonly version: number;
  readonly totalCents: string;
  readonly address: string;
  readonly note: string;
  readonly placedAt: Date;
  readonly changedAt: Date;
  readonly items: readonly object[];
}

/** Where it goes is for whoever ordered it, carries it or answers for it: a kitchen does not need it. */
const knowAddress: readonly Part[] = ['owner', 'carrier', 'courier', 'admin'];

/** An order as somebody with these parts of it sees it: property by property, so that a new column shows nowhere. */
export function orderView(row: OrderRow, parts: readonly Part[]) {
  return {
    id: row.id,
    number: Number(row.number),
    restaurant: row.restaurant,
    status: row.status,
    version: row.version,
    items: row.items,
    totalCents: Number(row.totalCents),
    address: parts.some((part) => knowAddress.includes(part)) ? row.address : null,
    note: row.note,
    placedAt: row.placedAt,
    changedAt: row.changedAt,
  };
}

/** The row as the state machine asks of it. */
export function ofSomebody({ account, restaurantId, courier, status }: OrderRow) {
  return { account, restaurant: restaurantId, courier, status };
}
