// Reads lists page by page.
import { expect } from "vitest";
import type { Api, Json, Reply } from "../support/api.ts";
import type { Resource } from "./resource.ts";
import { resources } from "./resources.ts";
import { bodyOf, createRow } from "./rows.ts";

export const listedResources = resources.filter(({ list }) => list !== "none");

export const idsOf = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);

export const withQuery = (path: string, query: Record<string, string | number | null | undefined>) => {
	const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined);
	return `/${path}?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
};

/** All pages of a list; `meanwhile` runs parallel to each request. */
export async function pages(
	api: Api,
	path: string,
	query: Record<string, string | number>,
	meanwhile: (page: number) => Promise<unknown> = async () => {},
): Promise<Reply[]> {
	const replies: Reply[] = [];
	for (let cursor: string | null = null; ; ) {
		const [reply]: [Reply, unknown] = await Promise.all([
			api.get(withQuery(path, { ...query, cursor })),
			meanwhile(replies.length),
		]);
		expect(reply.status, reply.text).toBe(200);
		replies.push(reply);
		cursor = reply.body.nextCursor;
		if (cursor === null) return replies;
		if (replies.length > 200) throw new Error("The list has no end");
	}
}

export const rowsOf = (replies: readonly Reply[]): Json[] => replies.flatMap(({ body }) => body.items);

/** Creates rows with each of the sort values of a resource. */
export async function createForSort(api: Api, resource: Resource, sort = ""): Promise<Json[]> {
	const values = resource.sorts?.[sort] ?? [];
	const parts = values.map((value) =>
		typeof value === "object" && value !== null ? value : { [sort]: value },
	);
	const rows: Json[] = [];
	for (const part of parts.length > 0 ? parts : [{}, {}, {}, {}, {}])
		rows.push(await createRow(api, resource, { ...(await bodyOf(api, resource)), ...part }));
	return rows;
}
