/** Letters that Unicode takes no mark from. */
const plain: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ı: 'i',
  ħ: 'h',
  ŋ: 'n',
};

/** A name as it is searched: in lower case, without marks, words apart by one space; letters of other scripts go. */
export function foldName(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}|['’ʻʼ`]/gu, '')
    .replaceAll(/[^\x20-\x7e]/g, (letter) => plain[letter] ?? ' ')
    .replaceAll(/[^a-z0-9]+/g, ' ')
    .trim();
}

/** True when each word that was typed begins a word of the name, or the name begins with them all. */
export function nameFits(folded: string, typed: readonly string[]): boolean {
  return typed.every((word) => folded.startsWith(word) || folded.includes(` ${word}`));
}
