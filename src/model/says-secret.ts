/** Passphrase and passwd are passwords. */
const SENSITIVE = /passw|passphrase|token|secret|key|credential/i;

/** True for a name that says that a secret is kept under it. */
export function saysSecret(name: string): boolean {
  return SENSITIVE.test(name);
}
