/** What happened, as CDEvents 0.5 (https://cdevents.dev): what programs are told. */
import type { EventDraft } from "../../model/cloud-event";
import type { Episode } from "../../model/episode";
import { nameOf } from "../../model/git-repository";
import type { Happening, Told } from "../../model/happening";
import type { JsonObject } from "../../model/json";
import { formatKey } from "../../model/object-key";
import { driftData, repositoryData, type DriftTools } from "./drift-data";
import type { DriftWord } from "./drift-news";
import { packageUrl } from "./package-url";

/** None for what CDEvents have no word for; drift is told by driftEvent, since not every version of it is news. */
export function serviceEvent(happening: Happening, about: Told): EventDraft | undefined {
  switch (happening.what) {
    case "synced":
      // only a failure is over
      return happening.commit === happening.previous ? undefined : synced(happening, about);
    case "failed":
      return failed(happening, about);
    case "removed":
      return service("removed", about, {}, { outcome: "success", ...present(happening.commit) });
    case "drift":
    case "suspended":
    case "resumed":
    case "pruned":
    case "orphaned":
    case "autoscaled":
    case "rests":
    case "goes-on":
      return undefined;
  }
}

/** That an edit of an object by hand was detected, or is over. */
export function driftEvent(
  word: DriftWord,
  episode: Episode,
  about: Told,
  tools: DriftTools,
): EventDraft {
  const { key, apiVersion, uid } = episode;
  const { kind, namespace, name } = key;
  const object = {
    apiVersion,
    kind,
    ...(namespace === "" ? {} : { namespace }),
    name,
    ...(uid === "" ? {} : { uid }),
  };
  return draft(`dev.cdeventsx.nopea-drift.${word}.0.1.0`, about, {
    subject: formatKey(key),
    content: { environment: environmentOf(about), object },
    customData: driftData(episode, about, tools),
  });
}

function synced(
  { commit, previous, total, created, updated }: Extract<Happening, { what: "synced" }>,
  about: Told,
): EventDraft {
  return service(
    previous === undefined ? "deployed" : "upgraded",
    about,
    { artifactId: packageUrl(about.url, commit, about.id.name) },
    {
      commit,
      ...(previous === undefined ? {} : { previousCommit: previous }),
      objects: { total, created, updated },
    },
  );
}

function failed(
  { commit, reason, message, fault }: Extract<Happening, { what: "failed" }>,
  about: Told,
): EventDraft {
  const data = { outcome: "failure", cause: fault.code, reason, message, ...present(commit) };
  return service("removed", about, {}, data);
}

function present(commit: string | undefined): JsonObject {
  return commit === undefined ? {} : { commit };
}

function service(
  predicate: "deployed" | "upgraded" | "removed",
  about: Told,
  content: JsonObject,
  data: JsonObject,
): EventDraft {
  return draft(`dev.cdevents.service.${predicate}.0.3.0`, about, {
    subject: nameOf(about.id),
    content: { environment: environmentOf(about), ...content },
    customData: { ...data, repository: repositoryData(about) },
  });
}

interface Parts {
  readonly subject: string;
  readonly content: JsonObject;
  readonly customData: JsonObject;
}

function draft(type: string, about: Told, { subject, content, customData }: Parts): EventDraft {
  const source = sourceOf(about);
  return {
    type,
    source,
    subject,
    about: {
      subject: { id: subject, source, content },
      customData,
      customDataContentType: "application/json",
    },
  };
}

/** The namespace of the GitRepository: whoever reads events of several clusters tells them apart by their endpoint. */
function environmentOf({ id }: Told): JsonObject {
  return { id: id.namespace };
}

function sourceOf({ id }: Told): string {
  return `/nopea/${encodeURIComponent(id.namespace)}/${encodeURIComponent(id.name)}`;
}
