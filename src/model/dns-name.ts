/** Names as most Kubernetes objects have them. */

/** True for a DNS-1123 subdomain, as far as its characters and its length go. */
export function isDnsName(name: string): boolean {
  return /^[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$/.test(name);
}
