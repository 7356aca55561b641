import type { Metadata } from 'next';
import { Checkout } from '../../parts/checkout.tsx';

export const metadata: Metadata = { title: 'Checkout' };

export default function CheckoutPage() {
  return (
    <>
      <h1>Checkout</h1>
      <Checkout />
    </>
  );
}
