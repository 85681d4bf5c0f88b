// How SQLite would answer statements: which of their steps read a whole table, and which sort.
import type { Api } from "../support/api.ts";
import { type SentStatement, type Watch, watchBindings } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { firstShard } from "../support/shards.ts";

/** What SQLite would do for each statement. */
export async function plansOf(
	statements: readonly SentStatement[],
): Promise<{ text: string; plan: string[] }[]> {
	const { DB } = firstShard;
	const answers = await DB.batch<{ detail: string }>(
		statements.map(({ text, params }) => DB.prepare(`EXPLAIN QUERY PLAN ${text}`).bind(...params)),
	);
	return answers.map(({ results }, index) => ({
		text: statements[index]?.text ?? "",
		plan: results.map(({ detail }) => detail),
	}));
}

/**
 * Steps that read a whole table or index, also to build an index for this query alone. Virtual tables that are told what to
 * look for, and rows already found, are none.
 */
export const scans = (plan: readonly string[]) =>
	plan.filter(
		(step) =>
			/ USING AUTOMATIC /.test(step) ||
			(/^SCAN /.test(step) &&
				!/ VIRTUAL TABLE INDEX (?:[13]:|.*M)| CONSTANT ROW|\(subquery-|SCAN (?:chosen|counted|cut|entry|last|made|met|next|oldest|own|wanted)$/.test(
					step,
				)),
	);
export const sorts = (plan: readonly string[]) => plan.filter((step) => step.includes("USE TEMP B-TREE"));

export async function watchedCaller(): Promise<{ api: Api; watch: Watch }> {
	const watch = watchBindings();
	return { api: (await createCaller()).via(watch.target), watch };
}
