import { main } from './lib/main.ts';

const help = `Usage: npm start

The main job, on a fresh machine too: installs what is missing, then renders and validates every overlay and says what
it proved. The same as npm run check, which takes arguments.
`;

await main(async () => {
  if (process.argv.includes('--help')) {
    process.stdout.write(help);
    return 0;
  }
  await import('./check.ts');
  return Number(process.exitCode ?? 0);
});
