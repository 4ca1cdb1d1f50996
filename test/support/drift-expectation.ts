/** What nopea says about an object, as expected.yaml writes it: values as YAML, absent ones left out. */
import { HIDDEN, type FieldDrift, type ObjectDrift } from "../../src/model/drift";

/** A list of fields; a map where the object is not the one that was applied. */
export function expectationOf(drift: ObjectDrift): unknown {
  switch (drift.object) {
    case "present":
      return drift.fields.map(fieldOf);
    case "deleted":
      return { object: "deleted" };
    case "recreated":
      return { object: "recreated", fields: drift.fields.map(fieldOf) };
  }
}

function fieldOf(field: FieldDrift): unknown {
  const { path, from, to, git } = field;
  return {
    path,
    class: field.class,
    ...side("from", from),
    ...side("to", to),
    ...side("git", git),
  };
}

function side(name: string, value: string | undefined): Record<string, unknown> {
  if (value === undefined) return {};
  return { [name]: value === HIDDEN ? HIDDEN : (JSON.parse(value) as unknown) };
}
