// How new the answers of a database with copies are, when several batches are under way.
import { expect, it } from "vitest";
import { nearestDatabase } from "../../src/db/seen.ts";

it("of batches at the same time, the newest answer counts, even if it is a copy's", async () => {
	const late = Promise.withResolvers<string>();
	const copies = [Promise.resolve("2"), late.promise];
	const withSession = (start: string) => {
		let bookmark: string | null = null;
		return {
			async batch() {
				bookmark = start === "first-primary" ? "5" : ((await copies.shift()) ?? null);
				return [];
			},
			getBookmark: () => bookmark,
		};
	};
	const { db, latest } = nearestDatabase({ withSession } as unknown as D1Database, async () => "3");
	const [behind, other] = [db.batch([]), db.batch([])];
	await behind;
	expect(latest()).toBe("5");
	late.resolve("7");
	await other;
	expect(latest()).toBe("7");
});
