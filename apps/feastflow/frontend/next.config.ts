import type { NextConfig } from 'next';

/** Where the modules are: here in the image, at the root of the repository otherwise. */
const root = process.env.MODULES_ROOT ?? import.meta.dirname;

const config: NextConfig = {
  output: 'standalone',
  outputFileTracingRoot: root,
  turbopack: { root },
  // No picture is changed here.
  images: { unoptimized: true },
  poweredByHeader: false,
  reactStrictMode: true,
  // Checked by `npm run types`, with all else.
  typescript: { ignoreBuildErrors: true },
  // A title is in the head of every answer, whoever asks.
  htmlLimitedBots: /.*/,
};

// biome-ignore lint/style/noDefaultExport: as Next.js reads it
export default config;
