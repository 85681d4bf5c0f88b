// How records of any resource are read and written.
import { callPath, type Query } from "./api.ts";
import type { Page } from "./pages.ts";
import { readAll } from "./paging.ts";
import type { Entry, Resource } from "./resources.ts";

type Path = Pick<Resource, "path">;

/** A version makes a write conditional. */
export const records = {
	list: ({ path }: Path, query: Query) => callPath<Page<Entry>>("GET", `/${path}`, { query }),
	all: (resource: Path) => readAll<Entry>((cursor) => records.list(resource, { limit: 100, ...cursor })),
	get: ({ path }: Path, id: string) =>
		callPath<Entry>("GET", `/${path}/${id}`, { query: { includeDeleted: true } }),
	/** Sent again with the same key, it creates no second record. */
	create: ({ path }: Path, body: object, idempotencyKey: string) =>
		callPath<Entry>("POST", `/${path}`, { body, idempotencyKey }),
	update: ({ path }: Path, { id, version }: Entry, body: object) =>
		callPath<Entry>("PATCH", `/${path}/${id}`, { body, version }),
	remove: ({ path }: Path, { id, version }: Entry) => callPath<null>("DELETE", `/${path}/${id}`, { version }),
	/** An action of one record, such as `restore`; null for one without a body. */
	act: <T>(
		{ path }: Path,
		{ id, version }: Entry,
		action: string,
		body: object | null,
		idempotencyKey: string,
	) =>
		callPath<T>("POST", `/${path}/${id}/${action}`, { version, idempotencyKey, ...(body ? { body } : {}) }),
};
