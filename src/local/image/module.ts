/** The built module as it travels, and the manifest that no longer brings it because the image has it. */
import { stringify } from "yaml";
import type { KubeObject } from "../kube-types";
import { peprName } from "../pepr-manifest";

export interface BuiltModule {
  /** `module-<sha256>.js.gz`, as Pepr's controller looks for it in /app/load. */
  readonly name: string;
  readonly content: Buffer;
  /** Pepr's own image, of the version that made the module. */
  readonly controller: string;
}

interface ModuleSecret extends KubeObject {
  readonly data: Readonly<Record<string, string>>;
}

interface Deployment extends KubeObject {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly volumes: readonly { readonly name: string }[];
        readonly containers: readonly {
          readonly image: string;
          readonly volumeMounts: readonly { readonly name: string }[];
        }[];
      };
    };
  };
}

const isModuleSecret = (object: KubeObject): object is ModuleSecret =>
  object.kind === "Secret" && object.metadata.name === `${peprName}-module`;
const isDeployment = (object: KubeObject): object is Deployment => object.kind === "Deployment";

/** Takes the module out of the Secret of a built manifest. */
export function moduleOf(objects: readonly KubeObject[]): BuiltModule {
  const secret = objects.find(isModuleSecret);
  const [entry] = Object.entries(secret?.data ?? {});
  if (entry === undefined) throw new Error(`the manifest has no Secret ${peprName}-module`);
  const [name, content] = entry;
  const [container] = objects.find(isDeployment)?.spec.template.spec.containers ?? [];
  if (container === undefined) throw new Error("the manifest has no Deployment");
  return { name, content: Buffer.from(content, "base64"), controller: container.image };
}

/** The same installation with the image instead of Pepr's own, without the Secret that held the module. */
export function withImage(objects: readonly KubeObject[], image: string): string {
  const kept = objects.filter(object => !isModuleSecret(object));
  return kept
    .map(object => (isDeployment(object) ? ofImage(object, image) : object))
    .map(object => stringify(object))
    .join("---\n");
}

function ofImage(deployment: Deployment, image: string): Deployment {
  const { template } = deployment.spec;
  const others = <T extends { readonly name: string }>(named: readonly T[]) =>
    named.filter(({ name }) => name !== "module");
  const containers = template.spec.containers.map(container => ({
    ...container,
    image,
    volumeMounts: others(container.volumeMounts),
  }));
  const spec = { ...template.spec, containers, volumes: others(template.spec.volumes) };
  return { ...deployment, spec: { ...deployment.spec, template: { ...template, spec } } };
}
