'use client';

import { useEffect, useState } from 'react';

/** Looks now and then whether the page can be had again, and shows it then. */
export function ComeBack() {
  const [tries, setTries] = useState(0);
  useEffect(() => {
    const timer = setTimeout(
      async () => {
        const isBack = await fetch(location.href, { method: 'HEAD', cache: 'no-store' }).then(
          ({ ok }) => ok,
          () => false,
        );
        if (isBack) location.reload();
        else setTries(tries + 1);
      },
      // So that not everybody comes back at once.
      Math.min(2000 * 1.3 ** tries, 15_000) * (0.75 + Math.random() / 2),
    );
    return () => clearTimeout(timer);
  }, [tries]);
  return (
    <p role="status" className="quiet-text">
      {tries === 0 ? 'We keep trying, and show it as soon as we can.' : `Still trying (${tries}).`}
    </p>
  );
}
