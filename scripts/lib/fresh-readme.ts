import type { CheckedTarget } from '@plumbline/validators';
import type { Address } from '../../deploy/index.ts';
import { addressTable } from './address-table.ts';
import { pictures } from './pictures.ts';
import { withSection } from './section.ts';

/** The README with what it takes from the repository made anew: the addresses, and the pictures of these targets. */
export function freshReadme(
  readme: string,
  addresses: readonly Address[],
  checked: readonly CheckedTarget[],
): string {
  return withSection(
    withSection(readme, 'addresses', addressTable(addresses)),
    'pictures',
    pictures(checked),
  );
}
