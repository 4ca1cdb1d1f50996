/** An answer as text, JSON or YAML. */
import { stringify } from "yaml";
import type { Answer, Output } from "./context";

/** A whole answer, with the line break at its end; "" where there is nothing to say. */
export function format(output: Output, { value, text }: Pick<Answer, "value" | "text">): string {
  switch (output) {
    case "text":
      return text === "" ? "" : `${text}\n`;
    case "json":
      return `${JSON.stringify(value, plain, 2)}\n`;
    case "yaml":
      return toYaml(value);
  }
}

/** One of many: JSON takes one line each, YAML a document each. */
export function formatNext(output: Output, text: string, value: unknown): string {
  switch (output) {
    case "text":
      return `${text}\n`;
    case "json":
      return `${JSON.stringify(value, plain)}\n`;
    case "yaml":
      return `---\n${toYaml(value)}`;
  }
}

function toYaml(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** JSON.stringify knows no bigint. */
function plain(_name: string, value: unknown): unknown {
  return typeof value === "bigint" ? Number(value) : value;
}
