/** Members of maps that nobody declared and nobody owns: what the API server filled in. */
import type { FieldPath } from "../../model/field-path";
import { touches } from "../../model/field-set";
import { isObject, type JsonObject } from "../../model/json";
import { knownFields } from "./own-fields";
import { valueAt } from "./project";

/** Those of the live object in the maps that these paths name. */
export function unownedBeside(
  maps: readonly FieldPath[],
  declared: JsonObject,
  live: JsonObject,
): readonly FieldPath[] {
  const owned = knownFields(live);
  return maps.flatMap(map => {
    const value = valueAt(live, map);
    const names = isObject(value) ? Object.keys(value).filter(name => !isKey(map, name)) : [];
    return names
      .map((name): FieldPath => [...map, { kind: "field", name }])
      .filter(path => !touches(owned, path) && valueAt(declared, path) === undefined);
  });
}

/** The keys of a list's item are what it is found by. */
function isKey(map: FieldPath, name: string): boolean {
  const item = map.at(-1);
  return item?.kind === "item" && Object.hasOwn(item.keys, name);
}
