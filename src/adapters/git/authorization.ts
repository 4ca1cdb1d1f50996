/** Proves to a Git server who asks: in Basic, unless the server wants the token as Bearer. */
import type { GitCredentials } from "../../model/git-repository";

export interface Authorization {
  /** Value of the Authorization header. */
  header(): string | undefined;
  /** Takes the scheme that a 401 asks for; false: there is no other, and the answer stands. */
  change(headers: Readonly<Record<string, string | string[] | undefined>>): boolean;
}

/** The credentials of one call. */
export function authorize(credentials: GitCredentials | undefined): Authorization {
  let header = credentials?.authorization;
  const token = credentials?.token;
  return {
    header: () => header,
    change: headers => {
      const bearer = token === undefined ? undefined : `Bearer ${token}`;
      if (bearer === undefined || header === bearer || !wantsBearer(headers)) return false;
      header = bearer;
      return true;
    },
  };
}

// RFC 9110, 11.6.1: a challenge begins with its scheme; a server may offer several, in one header or in more.
function wantsBearer(headers: Readonly<Record<string, string | string[] | undefined>>): boolean {
  const challenges = String(headers["www-authenticate"] ?? "");
  return /(^|,)\s*bearer\b/i.test(challenges) && !/(^|,)\s*basic\b/i.test(challenges);
}
