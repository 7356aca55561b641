import type { Metadata } from 'next';
import { CartView } from '../../parts/cart-view.tsx';

export const metadata: Metadata = { title: 'Cart' };

export default function CartPage() {
  return (
    <>
      <h1>Your cart</h1>
      <CartView />
    </>
  );
}
