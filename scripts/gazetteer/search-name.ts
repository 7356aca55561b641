/** Letters that are no letter with a mark: what people type for them. */
const others: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ħ: 'h',
  ı: 'i',
  ə: 'a',
  ŋ: 'n',
  '’': "'",
  '‘': "'",
  ʻ: "'",
  ʼ: "'",
  '–': '-',
};

/** A name in lower case and plain letters, as the search compares it; what has no plain letter is left out. */
export function searchName(name: string): string {
  return name
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/[^\0-\x7f]/g, (letter) => others[letter] ?? '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
