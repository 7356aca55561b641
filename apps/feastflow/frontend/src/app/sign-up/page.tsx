import type { Metadata } from 'next';
import { AccountForm } from '../../parts/account-form.tsx';
import { pathOf } from '../../shop/path-of.ts';

export const metadata: Metadata = { title: 'Make an account' };

interface PageProps {
  readonly searchParams: Promise<{ readonly next?: string | string[] }>;
}

export default async function SignUpPage({ searchParams }: PageProps) {
  const { next } = await searchParams;
  return (
    <div className="narrow">
      <h1>Make an account</h1>
      <AccountForm isNew={true} next={pathOf(next)} />
    </div>
  );
}
