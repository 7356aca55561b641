import type { Metadata } from 'next';
import Link from 'next/link';

export const metadata: Metadata = { title: 'Not on the menu' };

export default function NotFound() {
  return (
    <div className="notice-page">
      <h1>That is not on the menu</h1>
      <p>There is no such page here, or not any more.</p>
      <Link className="button" href="/" prefetch={false}>
        To the restaurants
      </Link>
    </div>
  );
}
