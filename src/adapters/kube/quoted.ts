/** What the API server says of an invalid object, without the values that it quotes where those may be secrets. */
import type { JsonObject } from "../../model/json";
import { saysSecret } from "../../model/says-secret";
import { causesOf } from "./refusal";

/** The message of a Status, made anew of its causes; undefined where it is no list of invalid fields. */
export function invalidFields(body: JsonObject): string | undefined {
  const text = typeof body.message === "string" ? body.message : "";
  const head = /^.*? is invalid: /.exec(text)?.[0];
  const causes = causesOf(body);
  if (head === undefined || causes.length === 0) return undefined;
  const told = [...new Set(causes.map(causeOf))];
  return `${head}${told.length === 1 ? told.join() : `[${told.join(", ")}]`}`;
}

function causeOf(cause: JsonObject): string {
  const field = typeof cause.field === "string" ? cause.field : "";
  const text = typeof cause.message === "string" ? cause.message : "";
  // what follows in further lines is a comparison of all that an object holds
  const said = withoutValue(text, mayShow(field)).split("\n", 1).join();
  return field === "" ? said : `${field}: ${said}`;
}

/** Variables are not called after what they hold. */
function mayShow(field: string): boolean {
  return !saysSecret(field) && !/env\b/i.test(field);
}

const QUOTING = /^(Invalid value|Unsupported value|Duplicate value|Not found): /;
/** A number, true, false, or a text that is no longer than a name. */
const PLAIN = /^(?:-?[\d.]+|true|false|"(?:[^"\\\n]|\\.){0,63}")(?=: |$)/;
const TEXT = /^(?:[^\s"{[&]+|"(?:[^"\\]|\\.)*")(?=: |$)/;

/** `Invalid value: <value>: <detail>`; the value may be a whole Pod, as JSON or as Go prints it. */
function withoutValue(text: string, mayBeShown: boolean): string {
  const start = QUOTING.exec(text)?.[0];
  if (start === undefined) return text;
  const rest = text.slice(start.length);
  if (mayBeShown && PLAIN.test(rest)) return text;
  const told = `${start.slice(0, -2)} (not shown)`;
  const detail = detailOf(rest);
  return detail === "" ? told : `${told}: ${detail}`;
}

/** What is said of a value after it; nothing where it is not certain that the value ends there. */
function detailOf(rest: string): string {
  const text = TEXT.exec(rest)?.[0];
  return text === undefined
    ? (/[}\])]: ([^{}"\]]*)$/.exec(rest)?.[1] ?? "")
    : rest.slice(text.length + 2);
}
