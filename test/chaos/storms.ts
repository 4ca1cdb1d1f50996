/** Very much at once: edits and commits, and webhooks. */
import { delivery, post } from "../support/webhooks";
import { commit, editField, pick, type Hands } from "./deeds";
import type { App } from "./stage";

const EDITS_OF_AN_APP = 50;
const COMMITS_OF_AN_APP = 5;

/** 200 edits and 20 commits over four repositories; an object that is edited is not committed. */
export async function stormOfEdits(hands: Hands, apps: readonly App[]): Promise<string> {
  await Promise.all(
    apps.flatMap(app => {
      const [forCommits, ...forEdits] = app.book.objects;
      if (forCommits === undefined) return [];
      const { book } = app;
      const committed = { ...app, book: { ...book, objects: [forCommits] } };
      const share = EDITS_OF_AN_APP / forEdits.length;
      return [
        commits(hands, app, committed),
        ...forEdits.map(async object => {
          for (let at = 0; at < share; at++) {
            await editField(hands, app, pick(hands, object.fields));
          }
        }),
      ];
    }),
  );
  const edits = EDITS_OF_AN_APP * apps.length;
  return `${edits} edits and ${COMMITS_OF_AN_APP * apps.length} commits at once`;
}

async function commits(hands: Hands, app: App, committed: App): Promise<void> {
  for (let at = 0; at < COMMITS_OF_AN_APP; at++) {
    await commit(hands, committed);
    app.head = committed.head;
  }
}

const DELIVERIES = 600;
const AT_ONCE = 40;

/** Signed, wrongly signed and unknown ones; each must get the answer that it deserves. */
export async function stormOfWebhooks(hands: Hands, apps: readonly App[]): Promise<string> {
  const counts = new Map<string, number>();
  let left = DELIVERIES;
  const send = async () => {
    while (left-- > 0) {
      const found = await deliver(hands, apps);
      counts.set(found, (counts.get(found) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, send));
  const told = [...counts].map(([answer, count]) => `${count} × ${answer}`).sort();
  const wrong = told.filter(text => !/ (signed 200|forged 401|signed 503|forged 503)$/.test(text));
  if (wrong.length > 0) throw new Error(`webhooks were answered wrongly: ${wrong.join(", ")}`);
  return told.join(", ");
}

async function deliver(hands: Hands, apps: readonly App[]): Promise<string> {
  const { nopea } = hands.surroundings;
  const { namespace, head } = pick(hands, apps);
  const isSigned = hands.random() < 0.5;
  const secret = isSigned ? nopea.webhookSecret : "not the secret";
  const body = delivery("github/push", { secret, branch: "main", commit: head });
  const { status } = await post(`${nopea.httpUrl}/webhook/${namespace}/app`, body);
  return `${isSigned ? "signed" : "forged"} ${status}`;
}
