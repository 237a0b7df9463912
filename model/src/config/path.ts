/** Where a value stands in a file: keys and positions in lists, from the top. */
export type Path = readonly (string | number)[];

/** `enterprise.sites[0].calendar` */
export function pathText(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    const plain = /^[\p{L}_][\p{L}\p{N}_-]*$/u.test(part);
    if (!plain) return `${text}[${JSON.stringify(part)}]`;
    return text === '' ? part : `${text}.${part}`;
  }, '');
}
