/** What the API answers, as far as pages show it. */
export interface Restaurant {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly cuisine: string;
  readonly description: string;
  readonly isOpen: boolean;
}

export interface Dish {
  readonly id: number;
  readonly section: string;
  readonly name: string;
  readonly description: string;
  readonly vegetarian: boolean;
  readonly priceCents: number;
  readonly stock: number;
  readonly isOffered: boolean;
}

export interface FoundDish extends Dish {
  /** The slug of its restaurant. */
  readonly restaurant: string;
}

export interface Menu {
  readonly restaurant: Restaurant;
  readonly dishes: readonly Dish[];
}

export type Role = 'customer' | 'kitchen' | 'courier' | 'admin';

export interface Account {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly restaurant: number | null;
}

export interface Opened {
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number;
  readonly account: Account;
}

export interface CartItem {
  readonly dish: number;
  readonly name: string;
  readonly restaurant: string;
  readonly priceCents: number;
  readonly quantity: number;
  readonly canBeHad: boolean;
}

export interface Cart {
  readonly items: readonly CartItem[];
  readonly totalCents: number;
}

export type Status =
  | 'placed'
  | 'accepted'
  | 'preparing'
  | 'ready'
  | 'on-the-way'
  | 'delivered'
  | 'rejected'
  | 'cancelled';

export interface Order {
  readonly id: string;
  readonly number: number;
  readonly restaurant: string;
  readonly status: Status;
  readonly version: number;
  readonly items: readonly {
    readonly dish: number;
    readonly name: string;
    readonly priceCents: number;
    readonly quantity: number;
  }[];
  readonly totalCents: number;
  readonly address: string | null;
  readonly note: string;
  readonly placedAt: string;
  readonly changedAt: string;
}

/** RFC 9457. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly Readonly<Record<string, unknown>>[];
}
