import type { Metadata, Viewport } from 'next';
import Link from 'next/link';
import { Announcer } from '../parts/announcer.tsx';
import { Life } from '../parts/life.tsx';
import { Navigation } from '../parts/navigation.tsx';
import './page.css';

/** Each answer has a nonce of its own: none is made beforehand. */
export const dynamic = 'force-dynamic';

export const metadata: Metadata = {
  title: { default: 'FeastFlow', template: '%s · FeastFlow' },
  description: 'Good food from kitchens nearby, and where it is right now.',
};

export const viewport: Viewport = {
  colorScheme: 'light dark',
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#fffaf4' },
    { media: '(prefers-color-scheme: dark)', color: '#1a1411' },
  ],
};

export default function Layout({ children }: { readonly children: React.ReactNode }) {
  return (
    <html lang="en">
      <body>
        <a className="skip" href="#main">
          To the content
        </a>
        <header className="top">
          <div className="inner">
            <Link className="brand" href="/" prefetch={false} aria-label="FeastFlow, all restaurants">
              <svg viewBox="0 0 32 32" aria-hidden="true" focusable="false">
                <path d="M3 21c0-7 6-12 13-12s13 5 13 12z" />
                <circle cx="16" cy="6.5" r="2" />
                <path d="M2 23h28v2.5H2z" />
              </svg>
              <span>FeastFlow</span>
            </Link>
            <Navigation />
          </div>
        </header>
        <main id="main" tabIndex={-1}>
          {children}
        </main>
        <footer>
          <p>Prices are those of the kitchens, taxes and delivery included.</p>
          <noscript>
            <p>You can look at every menu as it is. To order, this page needs JavaScript.</p>
          </noscript>
        </footer>
        <Announcer />
        <Life />
      </body>
    </html>
  );
}
