/** What accounts may not write in the fake cluster: nopea itself may write everything. */
import type { Account } from "../../src/model/account";
import type { Desired } from "../../src/model/manifest";
import { formatKey } from "../../src/model/object-key";
import type { Fault } from "../../src/model/verdict";

export function createFakeRights() {
  const withheld = new Set<string>();
  return {
    forbid: (object: string, isForbidden = true) =>
      isForbidden ? withheld.add(object) : withheld.delete(object),
    forbidden({ name }: Account, desired: readonly Desired[]): ReadonlyMap<string, Fault> {
      const ids = desired.map(({ key }) => formatKey(key)).filter(id => withheld.has(id));
      return new Map(
        ids.map(id => [id, { code: "account-forbidden", message: `${name} cannot patch ${id}` }]),
      );
    },
  };
}
