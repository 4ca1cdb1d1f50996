/** How much of one file nopea reads before it refuses: a hostile repository must not cost its neighbours anything. */

/** Bytes of one file. */
export const MAX_FILE_BYTES = 4 * 1024 * 1024;

/** Levels of maps and lists in one document, aliases followed. */
export const MAX_DEPTH = 100;

/** Objects of one file, List items included; documents of one file, empty ones not. */
export const MAX_OBJECTS = 10_000;

/** Objects of all files of a repository: each is kept in memory, and watched. */
export const MAX_REPOSITORY_OBJECTS = 20_000;

/** Lists inside Lists. */
export const MAX_LIST_DEPTH = 4;

/** How deep in a document the items of Lists can be. */
export const MAX_ITEM_DEPTH = 2 * MAX_LIST_DEPTH + 1;

/** Lexical tokens of the YAML of one file: what bounds the memory and time of its syntax trees. */
export const MAX_TOKENS = 600_000;

/** Characters and nodes that the aliases of one document may add to it. */
export const MAX_EXPANSION = 4 * 1024 * 1024;

/** Problems told about one file; whoever mends them pushes again anyway. */
export const MAX_PROBLEMS = 20;
