/** Where to go on to after a log-in: a page of this shop, whatever the address says. */
export function pathOf(next: string | readonly string[] | undefined): string {
  const [path = '/'] = [next].flat();
  return /^\/(?!\/)[\w/-]*$/.test(path) ? path : '/';
}
