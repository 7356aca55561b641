'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useSession } from '../client/session.ts';
import type { Account } from '../shop/types.ts';

interface NeedsSessionProps {
  readonly why: string;
  readonly children: (account: Account) => React.ReactNode;
}

/** Shows what is somebody's own, to that somebody. */
export function NeedsSession({ why, children }: NeedsSessionProps) {
  const session = useSession();
  const path = usePathname();
  if (session.kind === 'signed-in') return children(session.account);
  if (session.kind === 'unknown')
    return (
      <p className="waiting" role="status">
        One moment…
      </p>
    );
  return (
    <div className="panel">
      <p>{why}</p>
      <div className="row">
        <Link className="button" prefetch={false} href={`/log-in?next=${encodeURIComponent(path)}`}>
          Log in
        </Link>
        <Link className="button quiet" prefetch={false} href={`/sign-up?next=${encodeURIComponent(path)}`}>
          Make an account
        </Link>
      </div>
    </div>
  );
}
