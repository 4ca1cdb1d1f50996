/** What is told of a GitRepository, for tests. */
import type { Edit, Episode } from "../../src/model/episode";
import type { Happening, Told } from "../../src/model/happening";
import { episode } from "./episodes";

export const COMMIT = "8f3c1a90b2d48f3c1a90b2d48f3c1a90b2d40000";
export const IMAGE = "spec.template.spec.containers[name=api].image";
/** 2026-01-15T10:30:00Z */
export const AT = 1_768_473_000_000;

/** Of GitRepository shop/my-app. */
export function told(more: Partial<Told> = {}): Told {
  return {
    id: { namespace: "shop", name: "my-app", uid: "r" },
    url: "https://github.com/org/my-app.git",
    ...{ branch: "main", path: "deploy", healPolicy: "auto", notify: undefined },
    ...more,
  };
}

/** Larry's, at admission. */
export function larrysEdit(more: Partial<Edit> = {}): Edit {
  const changes = [{ path: IMAGE, from: "api:1.4", to: "hotfix-v1" }];
  return {
    ...{ id: "01kf4x", by: "larry", groups: ["sre"], at: AT, verb: "UPDATE" },
    ...{ manager: "kubectl-set", source: "admission", changes },
    ...more,
  };
}

/** Of an edit of the image of Deployment shop/api that healPolicy notify leaves. */
export function leftEpisode(more: Partial<Episode> = {}): Episode {
  return episode("01kf4x0000000000000000000a", {
    edits: [larrysEdit()],
    fields: [IMAGE],
    decision: "left",
    reason: "healPolicy notify leaves it to people",
    ...more,
  });
}

export function drift(before: Episode | undefined, after: Episode): Happening {
  return { what: "drift", before, episode: after };
}

export function synced(commit: string, previous?: string): Happening {
  return { what: "synced", commit, previous, total: 12, created: 12, updated: 0 };
}

export function failed(message = "the API server refused it"): Happening {
  const fault = { code: "object-refused", message } as const;
  return { what: "failed", commit: COMMIT, reason: "ObjectRefused", message, fault };
}
