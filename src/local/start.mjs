/** `npm start`: makes sure that TypeScript can run, then hands over to main.ts. Plain JavaScript. */
import { installDependencies, requireNode } from "./prepare.mjs";

requireNode();
installDependencies();
const { tsImport } = await import("tsx/esm/api");
const { main } = await tsImport("./main.ts", import.meta.url);
await main(process.argv.slice(2));
