/** The command line of `npm start`. */
import { parseArgs } from "node:util";

export interface StartOptions {
  /** Absent: the demo repository. */
  readonly url?: string;
  readonly branch: string;
  readonly path: string;
  readonly namespace: string;
  readonly interval: string;
}

export type Arguments =
  | { readonly want: "start"; readonly options: StartOptions }
  | { readonly want: "help" }
  | { readonly want: "mend"; readonly problem: string };

/** What `npm start -- --help` prints. */
export const usage = `npm start                    nopea on a Kubernetes control plane of its own, with a demo repository
npm start -- --url URL       the same with a repository of yours

  --url URL            http:// or https:// address of a Git repository
  --branch BRANCH      its branch (default: main)
  --path PATH          folder of the manifests in it (default: the root)
  --namespace NAME     where the GitRepository, and objects without a namespace, go (default: demo)
  --interval DURATION  how often the branch is looked at (default: 5s)
  --help               this text

Environment
  KUBEBUILDER_ASSETS   folder with etcd, kube-apiserver, kubectl and, if there is one, kube-controller-manager
  NOPEA_ENVTEST_URL    where envtest archives are downloaded from when there is no Go to build with
  NOPEA_…              nopea's own settings are passed on

Ctrl-C ends everything; nothing is kept but the built programs in the user's cache.`;

/** Reads the arguments; never throws. */
export function readArguments(args: readonly string[]): Arguments {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        url: { type: "string" },
        branch: { type: "string", default: "main" },
        path: { type: "string" },
        namespace: { type: "string", default: "demo" },
        interval: { type: "string", default: "5s" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) return { want: "help" };
    const { url, path, ...rest } = values;
    if (url === undefined && path !== undefined) {
      return { want: "mend", problem: "--path needs --url: the demo repository has its own path" };
    }
    const where = url === undefined ? { path: "deploy" } : { url, path: path ?? "" };
    return { want: "start", options: { ...rest, ...where } };
  } catch (error) {
    return { want: "mend", problem: error instanceof Error ? error.message : String(error) };
  }
}
