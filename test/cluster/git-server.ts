/** A Git server as a process of its own, so that it can run in the network namespace of a node: DIRECTORY HOST. */
import { startGitServer } from "../../src/local/git-server";

const [, , directory = ".", host = "127.0.0.1"] = process.argv;

startGitServer(directory, host).then(
  ({ url }) => console.log(url),
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
