/** Does what a command was called for; what is wrong is one line, and status 1, as with the real one. */
export async function standIn(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
