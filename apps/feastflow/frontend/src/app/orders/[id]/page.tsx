import type { Metadata } from 'next';
import Link from 'next/link';
import { OrderView } from '../../../parts/order-view.tsx';

export const metadata: Metadata = { title: 'Your order' };

interface OrderProps {
  readonly params: Promise<{ readonly id: string }>;
}

export default async function OrderPage({ params }: OrderProps) {
  const { id } = await params;
  return (
    <>
      <p className="back">
        <Link href="/orders" prefetch={false}>
          Your orders
        </Link>
      </p>
      <h1>Your order</h1>
      <OrderView id={encodeURIComponent(id)} />
    </>
  );
}
