/** Letters that are no letter with a mark: what people type for them. */
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
  ə: 'a',
  ħ: 'h',
  ŋ: 'n',
};

/**
 * A name as it is searched, the gazetteer's and what somebody typed alike: in lower case, without marks and
 * apostrophes, its words apart by one space. Letters of other scripts go.
 */
export function searchName(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}|['‘’ʻʼ`]/gu, '')
    .replaceAll(/[^\x20-\x7e]/g, (letter) => plain[letter] ?? ' ')
    .replaceAll(/[^a-z0-9]+/g, ' ')
    .trim();
}

/** True when each word that was typed begins a word of the name, or the name begins with them all. */
export function nameFits(searched: string, typed: readonly string[]): boolean {
  return typed.every((word) => searched.startsWith(word) || searched.includes(` ${word}`));
}
