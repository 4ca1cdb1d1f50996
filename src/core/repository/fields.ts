/** Reads fields of an untrusted spec one by one, and collects a sentence for each that cannot be used. */
import { isDnsName } from "../../model/dns-name";
import { parseDuration } from "../../model/duration";
import { isObject, type JsonObject } from "../../model/json";

export interface Fields {
  readonly problems: string[];
  text(field: string): string | undefined;
  dnsName(field: string): string | undefined;
  /** Milliseconds. */
  duration(field: string): number | undefined;
  flag(field: string): boolean;
  /** The first choice is the default. */
  oneOf<T extends string>(field: string, choices: readonly [T, ...T[]]): T;
  secretName(field: string): string | undefined;
}

/** A reader over `raw`; what is absent, null or "" counts as not set. */
export function readFields(raw: JsonObject): Fields {
  const problems: string[] = [];
  const text = (field: string): string | undefined => {
    const value = raw[field] ?? "";
    if (typeof value === "string") return value === "" ? undefined : value;
    problems.push(`spec.${field} must be text: put it in quotes`);
    return undefined;
  };
  /** The field's text as `read` understands it; a text it does not understand is a problem. */
  const parsed = <T>(field: string, read: (value: string) => T | undefined, must: string) => {
    const value = text(field);
    const result = value === undefined ? undefined : read(value);
    if (value !== undefined && result === undefined) problems.push(`spec.${field} must be ${must}`);
    return result;
  };
  return {
    problems,
    text,
    dnsName: field => parsed(field, dnsName, "a Kubernetes name: a-z, 0-9, - and . only"),
    duration: field =>
      parsed(field, atLeastOneSecond, "a duration of at least 1s, like 90s, 5m or 1h30m"),
    flag: field => {
      const value = raw[field] ?? false;
      if (typeof value !== "boolean") problems.push(`spec.${field} must be true or false`);
      return value === true;
    },
    oneOf: (field, choices) => {
      const find = (value: string) => choices.find(choice => choice === value);
      return parsed(field, find, `one of ${choices.join(", ")}`) ?? choices[0];
    },
    secretName: field => {
      const value = raw[field] ?? undefined;
      const name =
        isObject(value) && typeof value.name === "string" ? dnsName(value.name) : undefined;
      if (value !== undefined && name === undefined) {
        problems.push(`spec.${field}.name must name a Secret in the GitRepository's own namespace`);
      }
      return name;
    },
  };
}

function dnsName(value: string): string | undefined {
  return isDnsName(value) ? value : undefined;
}

function atLeastOneSecond(value: string): number | undefined {
  const milliseconds = parseDuration(value) ?? 0;
  return milliseconds >= 1000 ? milliseconds : undefined;
}
