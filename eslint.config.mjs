// House rules of the code: the limits of ../style are those of src/README.md, and every rule fails the build.
import tseslint from "typescript-eslint";

const size = {
  complexity: ["error", { max: 8, variant: "modified" }],
  "max-depth": ["error", 2],
  "max-lines": ["error", { max: 200, skipBlankLines: true, skipComments: true }],
  "max-lines-per-function": ["error", { max: 40, skipBlankLines: true, skipComments: true }],
  "max-params": ["error", 4],
};

const pure = {
  "no-restricted-globals": [
    "error",
    ...[
      "Date",
      "process",
      "fetch",
      "console",
      "crypto",
      "setTimeout",
      "setInterval",
      "setImmediate",
    ].map(name => ({ name, message: "the pure core takes values: pass it in as an argument" })),
  ],
  "no-restricted-properties": [
    "error",
    { object: "Math", property: "random", message: "the pure core takes values: pass it in" },
  ],
  "no-restricted-imports": [
    "error",
    {
      patterns: [
        { group: ["node:*"], message: "the pure core has no input or output" },
        {
          group: [
            "pepr",
            "kubernetes-fluent-client",
            "@kubernetes/*",
            "undici*",
            "isomorphic-git*",
          ],
          message: "the pure core knows no client",
        },
      ],
    },
  ],
};

export default tseslint.config(
  { ignores: ["dist/**", "coverage/**", "node_modules/**", "**/*.mjs", "**/*.cjs"] },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        project: ["./tsconfig.json", "./test/tsconfig.json"],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      ...size,
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
      "preserve-caught-error": "error",
    },
  },
  { files: ["src/model/**", "src/core/**"], rules: pure },
  {
    files: ["test/**", "vitest.config.mts"],
    rules: {
      "max-lines-per-function": "off",
      "max-lines": ["error", { max: 400, skipBlankLines: true, skipComments: true }],
      "no-restricted-properties": [
        "error",
        {
          object: "vi",
          property: "mock",
          message: "use a fake through a port, or the real server",
        },
      ],
    },
  },
);
