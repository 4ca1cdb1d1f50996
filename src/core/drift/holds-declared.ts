/** Whether an object that somebody made by hand is what Git declares, whatever the API server has added to it. */
import { isOwnName } from "../../model/annotations";
import { isList, isObject, type Json, type JsonObject } from "../../model/json";
import { isSame } from "./equality";

/** Defaults and nopea's own names do not count; another spelling of a value does: then it is one drift too many. */
export function holdsDeclared(declared: JsonObject, live: JsonObject): boolean {
  const { apiVersion: _, kind: __, metadata, ...rest } = declared;
  const { labels, annotations } = isObject(metadata) ? metadata : {};
  const names = { labels: withoutOwn(labels), annotations: withoutOwn(annotations) };
  return holds(rest, live) && holds(names, live.metadata);
}

function withoutOwn(texts: Json | undefined): JsonObject | undefined {
  const others = Object.entries(isObject(texts) ? texts : {}).filter(([name]) => !isOwnName(name));
  return others.length === 0 ? undefined : Object.fromEntries(others);
}

function holds(declared: Json, live: Json | undefined): boolean {
  if (isObject(declared)) {
    if (!isObject(live)) return Object.keys(declared).length === 0;
    return Object.entries(declared).every(([name, value]) => {
      return value === undefined || holds(value, live[name]);
    });
  }
  if (!isList(declared)) return live !== undefined && isSame(declared, live);
  const items = isList(live) ? live : [];
  return items.length === declared.length && declared.every((item, at) => holds(item, items[at]));
}
