/** The ServiceAccount that a repository is applied as. */

export interface Account {
  readonly namespace: string;
  readonly name: string;
}

/** The account's name as a user of the API server. */
export function accountUser({ namespace, name }: Account): string {
  return `system:serviceaccount:${namespace}:${name}`;
}
