/** The log port on a structured logger such as Pepr's. */
import type { Log, LogFields } from "../ports";

interface Structured {
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

/** Marks each line as nopea's, so that it can be told from Pepr's own. */
export function createLog(logger: Structured): Log {
  const mark = (fields: LogFields) => ({ ...fields, component: "nopea" });
  return {
    info: (fields, message) => logger.info(mark(fields), message),
    warn: (fields, message) => logger.warn(mark(fields), message),
    error: (fields, message) => logger.error(mark(fields), message),
  };
}
