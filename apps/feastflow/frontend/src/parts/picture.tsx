/** A drawing for each kind of kitchen: nothing is fetched for it. */
const drawings: readonly (readonly [RegExp, string, React.ReactNode])[] = [
  [
    /ital|pizza/i,
    'tomato',
    <>
      <circle cx="160" cy="96" r="72" className="light" />
      <circle cx="160" cy="96" r="60" className="main" />
      <circle cx="138" cy="74" r="12" className="light" />
      <circle cx="188" cy="88" r="14" className="light" />
      <circle cx="150" cy="122" r="13" className="light" />
      <path
        d="M166 62c14-6 22 2 24 8-10 4-20 2-24-8zM108 98c2-14 12-16 18-14 0 10-8 16-18 14zM182 122c12 2 14 10 12 16-10-2-14-8-12-16z"
        className="leaf"
      />
    </>,
  ],
  [
    /sichuan|chin|thai|japan|korea|viet|wok|noodle/i,
    'chilli',
    <>
      <path d="M214 20 172 92M232 28 184 94" className="line" />
      <path d="M112 92c0-22 24-22 24 0 0-26 28-26 28 0 0-22 26-22 26 0" className="noodle" />
      <path d="M84 92h152c0 44-28 70-76 70s-76-26-76-70z" className="main" />
      <path d="M98 112h124" className="stripe" />
      <path d="M132 162h56v8h-56z" className="main" />
    </>,
  ],
  [
    /india|curry|nepal|lanka/i,
    'turmeric',
    <>
      <ellipse cx="160" cy="112" rx="104" ry="52" className="light" />
      <rect x="78" y="80" width="150" height="34" rx="17" className="main" transform="rotate(-8 153 97)" />
      <ellipse cx="128" cy="134" rx="26" ry="14" className="leaf" />
      <ellipse cx="190" cy="134" rx="28" ry="15" className="main" />
      <path d="M178 132c6-5 16-5 22 0" className="stripe" />
    </>,
  ],
  [
    /austria|german|cafe|café|bak|cake/i,
    'plum',
    <>
      <ellipse cx="160" cy="146" rx="98" ry="20" className="light" />
      <path d="M92 88 206 64c14 0 24 10 24 24v46H92z" className="main" />
      <path d="M92 104h138M92 120h138" className="stripe" />
      <circle cx="196" cy="58" r="11" className="leaf" />
    </>,
  ],
];

const cloche = (
  <>
    <path d="M76 138c0-52 36-84 84-84s84 32 84 84z" className="main" />
    <circle cx="160" cy="46" r="9" className="main" />
    <rect x="62" y="142" width="196" height="12" rx="6" className="light" />
  </>
);

export function Picture({ cuisine }: { readonly cuisine: string }) {
  const [, tone, drawing] = drawings.find(([pattern]) => pattern.test(cuisine)) ?? [
    undefined,
    'leaf',
    cloche,
  ];
  return (
    <svg
      className={`picture ${tone}`}
      viewBox="0 0 320 190"
      preserveAspectRatio="xMidYMid slice"
      aria-hidden="true"
      focusable="false"
    >
      {drawing}
    </svg>
  );
}
