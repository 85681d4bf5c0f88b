// The simulation of read replicas behaves as D1 is documented to: otherwise the tests of reads from them could not fail.
import { expect, it } from "vitest";
import { createCaller } from "../support/callers.ts";
import { bookmarkOf, Replicas } from "../support/replicas.ts";
import { dbOf } from "../support/shards.ts";

/** A database with copies, and the names of tags that a session reads there. */
async function replicated() {
	const api = await createCaller();
	const replicas = await Replicas.of(dbOf(api.organizationId));
	const { db } = replicas;
	const insert = (name: string) =>
		db
			.prepare(
				`INSERT INTO tags (organizationId, id, version, createdAt, updatedAt, name) VALUES (?, ?, 1, 1, 1, ?)`,
			)
			.bind(api.organizationId, `tag_${name}`, name);
	const select = db
		.prepare("SELECT name FROM tags WHERE organizationId = ? ORDER BY id")
		.bind(api.organizationId);
	const begin = (start: string) => {
		const session = db.withSession(start);
		return {
			session,
			names: async () => {
				const [found] = await session.batch<{ name: string }>([select]);
				return found?.results.map(({ name }) => name);
			},
		};
	};
	return { db, replicas, insert, begin };
}

it("a copy stays behind until it is told to catch up", async () => {
	const { db, replicas, insert, begin } = await replicated();
	await db.batch([insert("a")]);
	expect(await begin("first-unconstrained").names()).toEqual([]);
	expect(await begin("first-primary").names()).toEqual(["a"]);
	await replicas.catchUp(0);
	expect(await begin("first-unconstrained").names()).toEqual(["a"]);
	replicas.route = () => 1;
	expect(await begin("first-unconstrained").names()).toEqual([]);
	replicas.route = () => null;
	expect(await begin("first-unconstrained").names()).toEqual(["a"]);
});

it("a bookmark says how new an answer is, and a copy that is older than one waits", async () => {
	const { db, replicas, insert, begin } = await replicated();
	const before = begin("first-unconstrained");
	await before.names();
	const writing = db.withSession("first-primary");
	await writing.batch([insert("a")]);
	const [old, written] = [before.session.getBookmark() ?? "", writing.getBookmark() ?? ""];
	expect(old < written).toBe(true);
	expect(written).toBe(replicas.bookmark);
	expect(await begin(old).names()).toEqual([]);
	replicas.served.length = 0;
	expect(await begin(written).names()).toEqual(["a"]);
	expect(replicas.served).toEqual([{ by: 0, start: written, writes: false, waited: true }]);
});

it("only the first batch of a session is sure to go where it is told, and no session goes back in time", async () => {
	const { db, replicas, insert, begin } = await replicated();
	await db.batch([insert("a")]);
	const reading = begin("first-primary");
	await reading.names();
	expect(await reading.names()).toEqual(["a"]);
	expect(replicas.served.slice(-2)).toEqual([
		{ by: "primary", start: "first-primary", writes: false, waited: false },
		{ by: 0, start: replicas.bookmark, writes: false, waited: true },
	]);
});

it("a copy passes writes on to the primary; without a session everything goes there", async () => {
	const { db, replicas, insert, begin } = await replicated();
	await begin("first-unconstrained").session.batch([insert("a")]);
	await db.batch([insert("b")]);
	expect(replicas.served.map(({ by, writes }) => [by, writes])).toEqual([
		["primary", true],
		["primary", true],
	]);
	expect(await begin("first-unconstrained").names()).toEqual([]);
	expect(await begin("first-primary").names()).toEqual(["a", "b"]);
});

it("bookmarks sort like versions", () => {
	const versions = [0, 9, 10, 255, 256, 4_096];
	expect(versions.map(bookmarkOf).toSorted()).toEqual(versions.map(bookmarkOf));
});
