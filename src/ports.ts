/** What nopea needs from the world outside: promises that adapters keep and that tests can keep in their place. */
import type { Account } from "./model/account";
import type {
  GitCredentials,
  GitRemote,
  RepositoryId,
  RepositoryStatus,
} from "./model/git-repository";
import type { AdmissionRequest } from "./model/admission";
import type { ClosedDecision, Episode } from "./model/episode";
import type { Tell } from "./model/happening";
import type { Work } from "./model/health";
import type { KubeEvent } from "./model/kube-event";
import type { Observation } from "./model/observation";
import type { Desired, KindInfo, Manifest, TypeRef } from "./model/manifest";
import type { StepOutcome } from "./model/outcome";
import type { Plan } from "./model/plan";
import type { JsonObject } from "./model/json";
import type { Live, Sighting } from "./model/live";
import type { Sha256 } from "./model/ownership";
import type { Removal, RemovalOutcome } from "./model/removal";
import type { Testimony } from "./model/testimony";
import type { Settings } from "./model/settings";
import type { Fault } from "./model/verdict";

/** One file of a commit. `path` is relative to the repository's root, with `/`. */
export interface GitFile {
  readonly path: string;
  /** Object id of the blob: equal ids mean equal content. */
  readonly oid: string;
  /** Absent: whoever asked said that it is known. */
  readonly content?: Uint8Array;
}

/** Bytes of a file whose content need not be read again; undefined: it is not known. */
export type KnownFiles = (path: string, oid: string) => number | undefined;

export interface GitTree {
  /** Full SHA of the commit that the files are from. */
  readonly commit: string;
  /**
   * Regular files (and symlinks that stay inside the repository, as their target's content) under `path` that end in
   * .yaml, .yml or .json, sorted by path; hidden files and folders and what .nopeaignore names are left out.
   */
  readonly files: readonly GitFile[];
  /** Paths of submodules under `path`: they are not fetched. */
  readonly submodules: readonly string[];
}

/** Reads Git repositories. Rejects with NopeaError (codes git-*) and with the signal's reason once it is aborted. */
export interface GitSource {
  /** Full SHA of the branch's tip: one small request. */
  resolve(remote: GitRemote, signal: AbortSignal): Promise<string>;
  /** The tree of a commit, by its full SHA: of the branch's tip, or of any other that the server still gives. */
  fetch(
    remote: GitRemote,
    commit: string,
    known: KnownFiles,
    signal: AbortSignal,
  ): Promise<GitTree>;
}

/** Reads Secrets that GitRepositories name. */
export interface Secrets {
  /**
   * What the Secret lets nopea in with; as it is now, also when it has just changed. Rejects with NopeaError (codes
   * secret-not-found, secret-invalid, cluster-unreachable, object-forbidden), and when the signal is aborted.
   */
  gitCredentials(namespace: string, name: string, signal: AbortSignal): Promise<GitCredentials>;
}

/** What a sync wants to know of the cluster. */
export interface ObserveQuery {
  /** Labels of everything that this repository manages. */
  readonly labels: Readonly<Record<string, string>>;
  /** Kinds in which such objects are looked for. */
  readonly kinds: readonly KindInfo[];
  /** Objects to look for by name where no labelled one is found. */
  readonly sought: readonly Desired[];
  readonly namespaces: readonly string[];
}

/** How kinds are served, by kindId; those that nobody serves are in neither map. */
export interface Kinds {
  readonly served: ReadonlyMap<string, KindInfo>;
  /** Kinds whose server (an aggregated API's, say) cannot be asked right now, and why. */
  readonly unavailable: ReadonlyMap<string, Fault>;
}

/** Who is told of the live objects that carry its labels. Its functions return at once, and never throw. */
export interface Follower {
  readonly labels: Readonly<Record<string, string>>;
  /** All that there is of the kind; again after a gap, when what is not among them is gone or no longer labelled. */
  listed(kind: KindInfo, sightings: readonly Sighting[]): void;
  /** Also of objects that are somebody else's: whoever follows a kind hears of all that nopea labelled. */
  changed(kind: KindInfo, sighting: Sighting): void;
  /** Gone, or no longer labelled; the last version that was. */
  lost(kind: KindInfo, sighting: Sighting): void;
}

/** A dry run: what an apply would make of an object. */
export interface Rehearsal {
  readonly desired: Desired;
  /** What is sent, of desired's name and kind. */
  readonly manifest: Manifest;
  readonly fieldManager: string;
  /** Whoever would apply; undefined: nopea itself. */
  readonly account: Account | undefined;
  readonly on: Pick<Live, "uid" | "resourceVersion">;
}

/** Reads and writes the cluster. Rejects with NopeaError (codes cluster-*, object-*) and when the signal is aborted. */
export interface Cluster {
  kinds(wanted: readonly TypeRef[], signal: AbortSignal): Promise<Kinds>;
  observe(query: ObserveQuery, signal: AbortSignal): Promise<Observation>;
  /**
   * From now on the follower is told of these kinds, and of no others; resolves when each was listed to it, with those
   * (by kindId) that could not be: they are tried again by themselves. Kinds that it follows already cost nothing.
   */
  follow(
    follower: Follower,
    kinds: readonly KindInfo[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, Fault>>;
  unfollow(follower: Follower): void;
  /**
   * What an account may not apply, by formatKey, and why. Whoever has no right to an object is told nothing else of it,
   * since nopea reads with its own. A right that was there a moment ago may count as there.
   */
  forbidden(
    account: Account,
    desired: readonly Desired[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, Fault>>;
  /** The whole object as the API server would answer a forced apply; undefined: it refuses, or the object has changed. */
  rehearse(rehearsal: Rehearsal, signal: AbortSignal): Promise<JsonObject | undefined>;
  /** Tells one outcome for each step of the plan, as soon as it is known. */
  execute(plan: Plan, told: (outcome: StepOutcome) => void, signal: AbortSignal): Promise<void>;
  /** Deletes one object, and tells what came of it; the rest is told by those who follow its kind. */
  remove(removal: Removal, signal: AbortSignal): Promise<RemovalOutcome>;
  /** Names of the GitRepositories in a namespace: whether an owner still exists. */
  repositories(namespace: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Puts nopea's finalizer on a GitRepository, or takes it off; one that is gone is no error. */
  setFinalizer(id: RepositoryId, isWanted: boolean, signal: AbortSignal): Promise<void>;
  /** Takes nopea.io/confirm-prune off, if it still names this commit. */
  takeConfirmation(id: RepositoryId, commit: string, signal: AbortSignal): Promise<void>;
  /** True while the CustomResourceDefinition of GitRepositories is being deleted. */
  isUninstalled(signal: AbortSignal): Promise<boolean>;
  /** Replaces the status; a repository that is gone is no error. */
  writeStatus(id: RepositoryId, status: RepositoryStatus, signal: AbortSignal): Promise<void>;
}

/** The DriftRecords of a repository. Rejects with NopeaError (codes cluster-*, object-*) and when the signal is aborted. */
export interface DriftRecords {
  /** All that the API server holds, in the order of their names, which is that of time; unreadable ones are left out. */
  list(repository: RepositoryId, signal: AbortSignal): Promise<readonly Episode[]>;
  /** Creates or replaces one. A repository that is gone is no error. */
  write(repository: RepositoryId, episode: Episode, signal: AbortSignal): Promise<void>;
  /** One that is gone already is no error. */
  remove(repository: RepositoryId, record: string, signal: AbortSignal): Promise<void>;
}

/** What the admission process leaves for the watcher. Rejects like DriftRecords. */
export interface Testimonies {
  /** The whole object that a request for a subresource is about; undefined: it is not there. */
  target(
    of: Pick<AdmissionRequest, "resource" | "namespace" | "name">,
    signal: AbortSignal,
  ): Promise<JsonObject | undefined>;
  /** A pending DriftRecord: whoever watches confirms it, or drops it. */
  write(repository: RepositoryId, testimony: Testimony, signal: AbortSignal): Promise<void>;
}

/** Time, and the chance for others to run. Milliseconds since the epoch. */
export interface Clock {
  now(): number;
  /** RFC 3339 in UTC to the second, as Kubernetes writes times. */
  rfc3339(milliseconds: number): string;
  /** Resolves after this many milliseconds; rejects with the signal's reason once it is aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Gives the event loop back for a moment: called between pieces of long work. */
  breathe(): Promise<void>;
}

export type LogFields = Readonly<
  Record<string, string | number | boolean | readonly string[] | undefined>
>;

/** One static message a line, with fields; nothing secret ever reaches it. */
export interface Log {
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

/** Told what loops are busy with, so that one that is stuck can be seen. */
export interface Pulse {
  /** Returns the function that ends it. */
  begin(work: Omit<Work, "since">): () => void;
}

/** Told of what is worth telling outside; see model/happening. */
export interface Notifier {
  /** Returns at once, and never throws. */
  readonly tell: Tell;
}

/** Kubernetes Events. */
export interface KubeEvents {
  /** Returns at once, and never throws: written in the background, or given up and counted. */
  record(event: KubeEvent): void;
  /** Events that wait to be written. */
  depth(): number;
}

/** Whatever is POSTed for somebody outside to read. */
export interface Letter {
  /** Letters of one lane arrive in their order; lanes do not wait for each other. */
  readonly lane: string;
  readonly to: Destination;
  readonly mediaType: string;
  readonly body: string;
  /** Names the letter where it could not be delivered: no address and nothing of the body. */
  readonly about: LogFields;
}

export interface Destination {
  /** Letters of the same key share a queue. Never logged. */
  readonly key: string;
  /** The administrator's: no rule for hosts holds for it. */
  readonly isTrusted: boolean;
  /** Asked at each try. Rejects with NopeaError, and when the signal is aborted. */
  readonly url: (signal: AbortSignal) => Promise<string>;
}

export interface Post {
  /** Returns at once, and never throws: delivered in the background, or given up, logged and counted. */
  send(letter: Letter): void;
  /** Letters that are not delivered yet. */
  depth(): number;
}

/** Steps of a sync that take time. */
export type SyncStep = "resolve" | "fetch" | "render" | "apply";

export interface Metrics {
  syncEnded(outcome: "synced" | "failed", seconds: number): void;
  stepEnded(step: SyncStep, seconds: number): void;
  /** One request to a Git server. */
  gitAsked(outcome: "answered" | "failed"): void;
  gitReceived(bytes: number): void;
  applied(outcome: ApplyResult): void;
  deleted(outcome: RemovalOutcome["result"]): void;
  driftDetected(found: Episode["class"]): void;
  driftEnded(decision: ClosedDecision): void;
  /** Seconds from the edit until Git's value was back. */
  healed(seconds: number): void;
  /** Open episodes of the repository of this uid, by class; none: also where it is gone. */
  openDrift(uid: string, open: OpenDrift): void;
  /** `read` is asked whenever somebody looks. */
  depth(queue: string, read: () => number): void;
  /** An event was given up. */
  dropped(queue: string): void;
  workerRestarted(): void;
  /** One of a few words: received, ignored, invalid_signature … */
  httpAnswered(outcome: string): void;
  workers(count: number): void;
  /** When each object of the repository of this uid that is suspended was (milliseconds since the epoch); none: also where it is gone. */
  suspended(uid: string, since: readonly number[]): void;
  /** A hook broke, or could not leave word of what it saw. */
  hookFailed(hook: "mutate" | "witness"): void;
  /** What a hook did about a request: changed it, warned only, left word of it, or neither. */
  hookDecided(hook: "mutate" | "witness", decision: HookDecision, seconds: number): void;
}

/** What came of an apply: created, changed, unchanged; or why it did not. */
export type ApplyResult =
  | "created"
  | "changed"
  | "unchanged"
  | Exclude<StepOutcome["result"], "applied">;

export type HookDecision = "changed" | "warned" | "recorded" | "passed";

export interface OpenDrift {
  /** `namespace/name` */
  readonly repository: string;
  readonly classes: Readonly<Partial<Record<Episode["class"], number>>>;
}

/** Everything that a worker can reach. */
export interface World {
  readonly git: GitSource;
  readonly secrets: Secrets;
  readonly cluster: Cluster;
  readonly driftRecords: DriftRecords;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly notifier: Notifier;
  readonly pulse: Pulse;
  /** A ULID, greater than every one before it. */
  readonly newId: () => string;
  readonly sha256: Sha256;
  /** True for a signature that the admission hook made of this text. */
  readonly verifySeal: (text: string, signature: string) => boolean;
  readonly settings: () => Settings;
}
