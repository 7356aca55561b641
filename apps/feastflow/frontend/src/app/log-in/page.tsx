import type { Metadata } from 'next';
import { AccountForm } from '../../parts/account-form.tsx';
import { pathOf } from '../../shop/path-of.ts';

export const metadata: Metadata = { title: 'Log in' };

interface PageProps {
  readonly searchParams: Promise<{ readonly next?: string | string[] }>;
}

export default async function LogInPage({ searchParams }: PageProps) {
  const { next } = await searchParams;
  return (
    <div className="narrow">
      <h1>Welcome back</h1>
      <AccountForm isNew={false} next={pathOf(next)} />
    </div>
  );
}
