// Keeps a copy of a resource up to date: reads everything once, then only the changes. The cursor is all that a reader has
// to store.
import type { LeadwireClient } from "./client.ts";
import { endOfFeed, type FeedEvent, type FeedPlace, readFeed } from "./feed.ts";
import type { paths } from "./generated/schema.ts";
import type { ItemOf, ListPath } from "./paginate.ts";

type QueryOf<P extends ListPath> = NonNullable<paths[P]["get"]["parameters"]["query"]>;
type SyncPath = { [P in ListPath]: "updatedSince" extends keyof QueryOf<P> ? P : never }[ListPath];

/** Resources that can be copied: every list whose rows have an `updatedAt`. */
export type SyncResource = SyncPath extends infer P ? (P extends `/${infer Name}` ? Name : never) : never;

/** A row of a resource. */
export type RecordOf<R extends SyncResource> = ItemOf<Extract<SyncPath, `/${R}`>>;

/** What to do with one row of the copy. The same change may come twice: applying it again must be harmless. */
export type Change<R extends SyncResource> =
	/** Store the row, replacing the one with this id. */
	| { readonly type: "upsert"; readonly id: string; readonly record: RecordOf<R> }
	/** The row was deleted. If it is restored, an `upsert` follows. */
	| { readonly type: "delete"; readonly id: string }
	/** The record was erased at the person's request: remove it permanently, from backups too. */
	| { readonly type: "erase"; readonly id: string };

/** Changes in the order to apply them. Store the cursor with them, in one transaction where possible. */
export interface SyncPage<R extends SyncResource> {
	readonly changes: readonly Change<R>[];
	readonly cursor: string;
}

export interface SyncOptions {
	/** The last cursor of the previous run; without it everything is read. */
	readonly cursor?: string | undefined;
	readonly signal?: AbortSignal | undefined;
}

/** The state of a copy: `rows` is a cursor into the list, during the first read; `feed` one into the events. */
type Progress =
	| { readonly resource: string; readonly feed: FeedPlace; readonly rows?: string | null }
	| { readonly resource: string; readonly since: string | null };

/** Resources whose events contain the whole row. */
const NOUNS: Readonly<Record<string, string>> = {
	leads: "lead",
	clients: "client",
	deals: "deal",
	tasks: "task",
	quotations: "quotation",
	invoices: "invoice",
};

type Reader = Pick<LeadwireClient, "GET">;

/**
 * Yields the changes of a resource since a cursor, page by page, up to now; continue later with the last cursor.
 * Leads, clients, deals, tasks, quotations and invoices are followed by their events (`events:read`), all others by `updatedSince`.
 * @throws TypeError for a cursor of another resource; LeadwireError as calls do, with status 400 when the cursor is older than
 *   the stored events: then copy everything again, without a cursor
 */
export async function* sync<R extends SyncResource>(
	client: Reader,
	resource: R,
	{ cursor, signal }: SyncOptions = {},
): AsyncGenerator<SyncPage<R>, void, undefined> {
	const noun = NOUNS[resource];
	const progress = cursor === undefined ? null : read(cursor, resource);
	if (noun === undefined) {
		yield* byInstant(client, resource, progress && "since" in progress ? progress.since : null, signal);
		return;
	}
	// The position in the feed is read first: changes made while the rows are read are in the events after it.
	const feed =
		progress && "feed" in progress ? progress.feed : await endOfFeed(client, [`${noun}.*`], signal);
	const rows = progress && "feed" in progress ? progress.rows : null;
	if (rows !== undefined) yield* everything(client, resource, feed, rows, signal);
	let page = { place: feed, hasMore: true };
	while (page.hasMore) {
		const next = await readFeed(client, page.place, signal);
		const changes = next.events.flatMap((event) => changeOf<R>(noun, event));
		page = next;
		yield { changes, cursor: written({ resource, feed: page.place }) };
	}
}

interface ListPage<R extends SyncResource> {
	readonly items: readonly (RecordOf<R> & { readonly id: string; readonly updatedAt: string })[];
	readonly nextCursor: string | null;
	readonly hasMore: boolean;
}

/** Reads one page of a list. The types above check its form; TypeScript can't apply them to a path that is one of many. */
async function listed<R extends SyncResource>(
	client: Reader,
	resource: R,
	query: object,
	signal?: AbortSignal,
): Promise<ListPage<R>> {
	const get = client.GET as unknown as (path: string, options: object) => Promise<{ data: ListPage<R> }>;
	const params = { query: { orderDir: "asc", limit: 100, ...query } };
	const { data } = await get(`/${resource}`, { params, ...(signal ? { signal } : {}) });
	return data;
}

const upsert = <R extends SyncResource>(record: RecordOf<R> & { readonly id: string }): Change<R> => ({
	type: "upsert",
	id: record.id,
	record,
});

/** Yields every row that is not deleted, in an order that changes don't affect. */
async function* everything<R extends SyncResource>(
	client: Reader,
	resource: R,
	feed: FeedPlace,
	begin: string | null,
	signal?: AbortSignal,
): AsyncGenerator<SyncPage<R>, void, undefined> {
	for (let rows: string | null = begin, more = true; more; ) {
		const page = await listed(client, resource, rows === null ? {} : { cursor: rows }, signal);
		more = page.hasMore;
		rows = page.nextCursor;
		const changes = page.items.map((record) => upsert<R>(record));
		yield { changes, cursor: written(more ? { resource, feed, rows } : { resource, feed }) };
	}
}

function changeOf<R extends SyncResource>(
	noun: string,
	{ type, entityId: id, payload }: FeedEvent,
): Change<R>[] {
	switch (type) {
		case `${noun}.created`:
		case `${noun}.updated`:
			return [{ type: "upsert", id, record: payload.data as RecordOf<R> }];
		case `${noun}.deleted`:
			return [{ type: "delete", id }];
		case `${noun}.erased`:
			return [{ type: "erase", id }];
		// Other events accompany an update that already contains the row.
		default:
			return [];
	}
}

/** Yields rows by the instant of their last change; the last ones are read again, because others may have the same instant. */
async function* byInstant<R extends SyncResource>(
	client: Reader,
	resource: R,
	begin: string | null,
	signal?: AbortSignal,
): AsyncGenerator<SyncPage<R>, void, undefined> {
	const from = {
		orderBy: "updatedAt",
		includeDeleted: true,
		...(begin === null ? {} : { updatedSince: begin }),
	};
	let since = begin;
	for (let rows: string | null = null, more = true; more; ) {
		const page: ListPage<R> = await listed(
			client,
			resource,
			{ ...from, ...(rows === null ? {} : { cursor: rows }) },
			signal,
		);
		more = page.hasMore;
		rows = page.nextCursor;
		since = page.items.at(-1)?.updatedAt ?? since;
		const changes = page.items.map(
			(record): Change<R> =>
				"deletedAt" in record && record.deletedAt !== null
					? { type: "delete", id: record.id }
					: upsert<R>(record),
		);
		yield { changes, cursor: written({ resource, since }) };
	}
}

const written = (progress: Progress): string => btoa(JSON.stringify(progress));

function read(cursor: string, resource: string): Progress {
	let progress: Progress | undefined;
	try {
		progress = JSON.parse(atob(cursor));
	} catch {
		// The TypeError below reports it.
	}
	if (progress?.resource !== resource) throw new TypeError(`This is not a cursor of a copy of ${resource}.`);
	return progress;
}
