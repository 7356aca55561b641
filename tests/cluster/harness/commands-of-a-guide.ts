/** The lines of a guide's ```bash blocks, in order; comments and empty ones left out. */
export function commandsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^ *```bash\n([\s\S]*?)^ *```/gm)].flatMap(([, block = '']) =>
    block
      .replaceAll('\\\n', '')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#')),
  );
}
