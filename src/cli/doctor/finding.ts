/** What a check found, and what helps. */

export interface Finding {
  readonly severity: "ok" | "warning" | "problem";
  /** What was looked at: "CustomResourceDefinitions". */
  readonly check: string;
  readonly message: string;
  /** Absent where all is well. */
  readonly remedy?: string;
}

/** All is well. */
export function ok(check: string, message: string): Finding {
  return { severity: "ok", check, message };
}

/** Works, but not as it should, or nobody can say. */
export function warning(check: string, message: string, remedy: string): Finding {
  return { severity: "warning", check, message, remedy };
}

/** Does not work. */
export function problem(check: string, message: string, remedy: string): Finding {
  return { severity: "problem", check, message, remedy };
}
