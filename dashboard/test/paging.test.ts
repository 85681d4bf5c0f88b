// Lists that are read page by page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { runHook, until } from "./without-browser.ts";

const { readAll, usePages } = await import("../src/paging.ts");

interface Item {
	readonly id: string;
}

/** A list of pages, each of some letters; `asked` has the cursors that were asked for. */
function listOf(...pages: readonly string[]) {
	const asked: string[] = [];
	const read = async ({ cursor = "" }: { cursor?: string }) => {
		asked.push(cursor);
		const at = Number(cursor);
		const items: readonly Item[] = [...(pages[at] ?? "")].map((id) => ({ id }));
		return { items, nextCursor: at + 1 < pages.length ? String(at + 1) : null };
	};
	return { asked, read };
}

const ids = (items: readonly Item[] | undefined) => items?.map(({ id }) => id).join("");

test("a list is asked for once, and for its next page when the reader wants it", async () => {
	const { asked, read } = listOf("fed", "cba");
	const list = runHook(() => usePages<Item>(["list"], read), null);
	await until(() => list.result().items !== undefined);
	await new Promise((wake) => setTimeout(wake, 100));
	assert.deepEqual([asked, ids(list.result().items)], [[""], "fed"]);
	await list.result().fetchNextPage();
	await until(() => ids(list.result().items) === "fedcba");
	assert.deepEqual([asked, list.result().hasNextPage], [["", "1"], false]);
	list.end();
});

test("only the first page is refreshed, however many are shown", async () => {
	const pages = ["fed", "cba"];
	const asked: string[] = [];
	const read = ({ cursor = "" }: { cursor?: string }) => {
		asked.push(cursor);
		return listOf(...pages).read(cursor ? { cursor } : {});
	};
	const list = runHook(() => usePages<Item>(["live"], read), null);
	await until(() => list.result().items !== undefined);
	await list.result().fetchNextPage();
	await until(() => ids(list.result().items) === "fedcba");
	pages[0] = "gfe";
	await list.result().refetch();
	await until(() => ids(list.result().items) === "gfedcba");
	assert.deepEqual(asked, ["", "1", ""]);
	list.end();
});

test("with other filters the old items stay until the new ones are there, and an error is told", async () => {
	const answer = Promise.withResolvers<void>();
	const { read } = listOf("fed");
	const list = runHook((filter: string) => {
		const filtered = async () => {
			await answer.promise;
			throw new Error("Refused.");
		};
		return usePages<Item>(["filtered", filter], filter ? filtered : read);
	}, "");
	await until(() => list.result().items !== undefined);
	list.draw("WON");
	assert.equal(ids(list.result().items), "fed");
	answer.resolve();
	await until(() => list.result().error !== null);
	assert.equal(list.result().error?.message, "Refused.");
	list.end();
});

test("empty pages of a rare filter are passed over, ten at most; all items are read to the end", async () => {
	const rare = listOf("", "", "x", "y");
	const list = runHook(() => usePages<Item>(["rare"], rare.read), null);
	await until(() => list.result().items !== undefined);
	assert.deepEqual([rare.asked, ids(list.result().items)], [["", "1", "2"], "x"]);
	list.end();
	const empty = listOf(...Array.from({ length: 30 }, () => ""));
	const none = runHook(() => usePages<Item>(["empty"], empty.read), null);
	await until(() => none.result().items !== undefined);
	assert.deepEqual([empty.asked.length, none.result().hasNextPage], [11, true]);
	none.end();
	const all = listOf("ab", "", "c");
	assert.equal(ids(await readAll(all.read)), "abc");
	assert.deepEqual(all.asked, ["", "1", "2"]);
});
