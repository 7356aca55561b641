export { checkEvent, type Fault, mostAhead } from './check.ts';
export {
  type CartEvent,
  devices,
  type PurchaseEvent,
  type PurchaseLine,
  type ReceivedEvent,
  type SessionEvent,
  type StorefrontEvent,
  sources,
  type ViewEvent,
} from './event.ts';
export { eventSchema, eventSchemas } from './schema.ts';
