/** How much of one file nopea reads before it refuses: a hostile repository must not cost its neighbours anything. */

/** Bytes of one file. */
export const MAX_FILE_BYTES = 4 * 1024 * 1024;

/** Levels of maps and lists in one document, aliases followed. */
export const MAX_DEPTH = 100;

/** Objects of one file, List items included. */
export const MAX_OBJECTS = 10_000;

/** Lists inside Lists. */
export const MAX_LIST_DEPTH = 4;

/** Lexical tokens of one YAML document: what bounds the memory of its syntax tree. */
export const MAX_TOKENS = 1_000_000;

/** Characters and nodes that the aliases of one document may add to it. */
export const MAX_EXPANSION = MAX_FILE_BYTES;

/** Problems told about one file; whoever mends them pushes again anyway. */
export const MAX_PROBLEMS = 20;
