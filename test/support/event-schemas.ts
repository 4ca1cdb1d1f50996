/** The official schemas of CDEvents, and what is wrong with a body by them and by CloudEvents. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import Ajv2020, { type ValidateFunction } from "ajv/dist/2020";
import addFormats from "ajv-formats";
import { HTTP, type CloudEvent } from "cloudevents";
import { EVENT_MEDIA_TYPE } from "../../src/core/tell/cloud-event";

const ROOT = resolve(import.meta.dirname, "../..");
const FOLDER = resolve(ROOT, process.env.NOPEA_CDEVENTS_SCHEMAS ?? "../shared/cdevents");

/** False: tests that need them are skipped; NOPEA_CDEVENTS_SCHEMAS names their folder. */
export const hasEventSchemas = existsSync(join(FOLDER, "schemas"));

/** The examples that CDEvents give for conformance, by file name. */
export function conformanceExamples(): readonly (readonly [name: string, text: string])[] {
  if (!hasEventSchemas) return [];
  const folders = ["conformance", "custom"].map(name => join(FOLDER, name));
  return folders.flatMap(folder =>
    readdirSync(folder)
      .filter(name => name !== "schema.json")
      .map(name => [name, readFileSync(join(folder, name), "utf8")] as const),
  );
}

/** Everything that is wrong with a body; throws where even CloudEvents can't read it. */
export function eventProblems(body: string): readonly string[] {
  const event = HTTP.toEvent({ headers: { "content-type": EVENT_MEDIA_TYPE }, body });
  (event as CloudEvent).validate();
  const { data, ...outer } = event as CloudEvent<CDEvent>;
  if (data === undefined) return ["it has no data"];
  return [...differences(outer, data), ...cdeventProblems(data)];
}

/** The envelope repeats what the letter says. */
function differences(
  { type, id, source, time, subject }: Omit<CloudEvent<CDEvent>, "data">,
  { context, subject: inner }: CDEvent,
): readonly string[] {
  const same = [
    ["type", type, context.type],
    ["id", id, context.id],
    ["source", source, context.source],
    ["time", Date.parse(typeof time === "string" ? time : ""), Date.parse(context.timestamp)],
    ["subject", subject, inner.id],
  ] as const;
  return same.flatMap(([name, outside, inside]) => (outside === inside ? [] : [`${name} differs`]));
}

interface CDEvent {
  readonly context: Readonly<Record<"type" | "id" | "source" | "timestamp", string>>;
  readonly subject: { readonly id: string };
}

/** What is wrong with a CDEvent by the schema of its type. */
export function cdeventProblems(event: unknown): readonly string[] {
  const type = (event as CDEvent | undefined)?.context.type ?? "";
  const validate = schemaOf(type);
  if (validate === undefined) return [`there is no schema of ${type}`];
  const isValid = validate(event);
  return isValid ? [] : [ajv.errorsText(validate.errors)];
}

const ajv = addFormats(new Ajv2020({ strict: false, allErrors: true }));
let loaded: ReadonlyMap<string, ValidateFunction> | undefined;

function schemaOf(type: string): ValidateFunction | undefined {
  loaded ??= load();
  return loaded.get(type.startsWith("dev.cdeventsx.") ? "custom" : type);
}

function load(): ReadonlyMap<string, ValidateFunction> {
  const links = join(FOLDER, "schemas/links");
  for (const name of readdirSync(links)) ajv.addSchema(readJson(join(links, name)));
  const services = ["deployed", "removed", "upgraded"].map(predicate => {
    const schema = readJson(join(FOLDER, `schemas/service${predicate}.json`));
    return [`dev.cdevents.service.${predicate}.0.3.0`, ajv.compile(schema)] as const;
  });
  const custom = ajv.compile(readJson(join(FOLDER, "custom/schema.json")));
  return new Map([...services, ["custom", custom]]);
}

function readJson(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
}
