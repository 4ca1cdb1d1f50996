/** The order of an object's versions. */

/**
 * Negative: `a` is older. The versions of one kind are whole numbers that grow (KEP-5504); where a server has others,
 * each counts as newer than the one before.
 */
export function compareVersions(a: string, b: string): number {
  if (a === b) return 0;
  if (!NUMBER.test(a) || !NUMBER.test(b)) return 1;
  return a.length - b.length || (a < b ? -1 : 1);
}

const NUMBER = /^[1-9]\d*$/;
