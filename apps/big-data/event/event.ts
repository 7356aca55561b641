/** What every event of the storefront says. Names and forms are those of `schema.ts`. */
interface Common {
  /** The client's own, a UUID: the same event sent again has the same. */
  readonly id: string;
  /** When it happened by the client's clock: `2026-03-01T12:00:00.000Z`. */
  readonly occurredAt: string;
  /** A UUID; what happens in a session keeps its order. */
  readonly session: string;
  /** A UUID: who it is over all sessions. */
  readonly customer: string;
}

/** A visit begins. */
export interface SessionEvent extends Common {
  readonly type: 'session';
  /** ISO 3166-1, two letters. */
  readonly country: string;
  readonly device: (typeof devices)[number];
  /** What led here. */
  readonly source: (typeof sources)[number];
}

/** A product is looked at. */
export interface ViewEvent extends Common {
  readonly type: 'view';
  readonly product: string;
  readonly category: string;
}

/** Something goes into the cart, or out of it. */
export interface CartEvent extends Common {
  readonly type: 'cart';
  readonly action: 'add' | 'remove';
  readonly product: string;
  readonly category: string;
  readonly quantity: number;
  /** Of one piece, in hundredths of the currency. */
  readonly priceCents: number;
  /** ISO 4217. */
  readonly currency: string;
}

/** An order is placed. */
export interface PurchaseEvent extends Common {
  readonly type: 'purchase';
  /** A UUID. */
  readonly order: string;
  readonly lines: readonly PurchaseLine[];
  /** Of all lines together. */
  readonly amountCents: number;
  readonly currency: string;
}

export interface PurchaseLine {
  readonly product: string;
  readonly category: string;
  readonly quantity: number;
  readonly priceCents: number;
}

export type StorefrontEvent = SessionEvent | ViewEvent | CartEvent | PurchaseEvent;

/** As it stands in the topic: what the client sent, and when the gateway had it. */
export type ReceivedEvent = StorefrontEvent & { readonly receivedAt: string };

export const devices = ['desktop', 'mobile', 'tablet'] as const;
export const sources = ['direct', 'search', 'email', 'social', 'advert'] as const;
