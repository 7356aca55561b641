const rest = '\n\nThe rest does not fit in a comment: the job has the whole.\n';

/** A Markdown text that is no longer than so many characters: cut after a line, with what was open there closed. */
export function fit(text: string, longest: number): string {
  if (text.length <= longest) return text;
  // Room for the words at the end, a fence and a fold.
  let kept = text.slice(0, longest - rest.length - 100);
  kept = kept.slice(0, kept.lastIndexOf('\n') + 1);
  let fence = '';
  let folds = 0;
  for (const line of kept.split('\n')) {
    const mark = /^`{3,}/.exec(line)?.[0] ?? '';
    if (fence === '') {
      fence = mark;
      folds += (line.match(/<details>/g)?.length ?? 0) - (line.match(/<\/details>/g)?.length ?? 0);
    } else if (mark.length >= fence.length && line.trim() === mark) fence = '';
  }
  const closing = [...(fence === '' ? [] : [fence]), ...Array<string>(Math.max(0, folds)).fill('</details>')];
  return `${kept}${closing.join('\n')}${rest}`;
}
