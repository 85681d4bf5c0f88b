// Creates with the same fields, one after the other: from the second on, the statement names only the columns that are filled.
import { describe, expect, it } from "vitest";
import { watchBindings } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { hasOperations } from "./operations.ts";
import { resources } from "./resources.ts";
import { bodyOf, createRow, omit } from "./rows.ts";

/** What the server makes for each row anew. */
const INSTANTS = ["createdAt", "updatedAt", "stageChangedAt", "submittedAt"];
const OWN = ["id", "number", "position", "leadId", "key", "keyPrefix", "secretPrefix", ...INSTANTS];

/** The statements of a batch that insert rows from a list in JSON: the columns that they name, and the rows. */
function insertionsIn(watch: ReturnType<typeof watchBindings>) {
	return watch.roundTrips.flat().flatMap(({ text, params }) => {
		const [, names] =
			text.match(/^INSERT INTO "\w+" \(([^)]*)\) SELECT value->>.* FROM json_each\(\?\) ORDER BY key$/) ?? [];
		if (names === undefined) return [];
		return [
			{ columns: JSON.parse(`[${names}]`) as string[], rows: JSON.parse(String(params.at(-1))) as object[] },
		];
	});
}

describe.each(resources.filter(hasOperations("create")))("creates of $path", (resource) => {
	it("store the same rows, and soon send only what these have", async () => {
		const watch = watchBindings();
		const api = (await createCaller()).via(watch.target);
		const made = [];
		for (let times = 1; times <= 3; times += 1) {
			const body = await bodyOf(api, resource);
			watch.reset();
			made.push({ body, row: await createRow(api, resource, body) });
		}
		const own = [...OWN, ...Object.keys(resource.unique?.(0) ?? {}), ...(resource.newItemIds ?? [])];
		const [first, ...later] = made.map(({ row }) => omit(row, ...own));
		for (const row of later) expect(row).toEqual(first);

		const insertions = insertionsIn(watch);
		expect(insertions.length).toBeGreaterThan(0);
		for (const { columns, rows } of insertions) {
			const filled = new Set(rows.flatMap(Object.keys));
			expect(columns.toSorted()).toEqual([...filled.add("updatedAt")].toSorted());
			for (const row of rows) expect(Object.values(row)).not.toContain(null);
		}
	});
});
