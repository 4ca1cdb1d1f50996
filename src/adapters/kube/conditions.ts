/** Reads conditions of live objects. */
import { isList, isObject, type JsonObject } from "../../model/json";

/** True once a CustomResourceDefinition is Established. */
export function isEstablished({ status }: JsonObject): boolean {
  const conditions = isObject(status) && isList(status.conditions) ? status.conditions : [];
  return conditions.some(
    condition =>
      isObject(condition) && condition.type === "Established" && condition.status === "True",
  );
}
