import type { Metadata } from 'next';
import { OrdersList } from '../../parts/orders-list.tsx';

export const metadata: Metadata = { title: 'Your orders' };

export default function OrdersPage() {
  return (
    <>
      <h1>Your orders</h1>
      <OrdersList />
    </>
  );
}
