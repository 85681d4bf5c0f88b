// A copy of a resource kept in step: everything once, then only what changed. The cursor says how far a copy is, and is
// all that a reader has to keep.
import type { LeadwireClient } from "./client.ts";
import { endOfFeed, type FeedEvent, type FeedPlace, readFeed } from "./feed.ts";
import type { paths } from "./generated/schema.ts";
import type { ItemOf, ListPath } from "./paginate.ts";

type QueryOf<P extends ListPath> = NonNullable<paths[P]["get"]["parameters"]["query"]>;
type SyncPath = { [P in ListPath]: "updatedSince" extends keyof QueryOf<P> ? P : never }[ListPath];

/** What can be kept in step: every list that knows when its rows were changed. */
export type SyncResource = SyncPath extends infer P ? (P extends `/${infer Name}` ? Name : never) : never;

/** A row of a resource. */
export type RecordOf<R extends SyncResource> = ItemOf<Extract<SyncPath, `/${R}`>>;

/** What to do with one row of the copy. A change may come twice, so do it in a way that can be repeated. */
export type Change<R extends SyncResource> =
	/** Store it, in place of the one with this id. */
	| { readonly type: "upsert"; readonly id: string; readonly record: RecordOf<R> }
	/** It was deleted; it may be restored, which is an `upsert`. */
	| { readonly type: "delete"; readonly id: string }
	/** The person asked to be forgotten: remove it for good, from backups too. */
	| { readonly type: "erase"; readonly id: string };

/** Changes in the order to do them in. Keep the cursor with them, in one transaction where you can. */
export interface SyncPage<R extends SyncResource> {
	readonly changes: readonly Change<R>[];
	readonly cursor: string;
}

export interface SyncOptions {
	/** Where the last run ended; left out, everything is read. */
	readonly cursor?: string | undefined;
	readonly signal?: AbortSignal | undefined;
}

/** How far a copy is. Of `rows`, a cursor into the list that is being read for the first time; of `feed`, one into the events. */
type Progress =
	| { readonly resource: string; readonly feed: FeedPlace; readonly rows?: string | null }
	| { readonly resource: string; readonly since: string | null };

/** The resources whose events carry the row as it became. */
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
 * What has changed in a resource since a cursor, page by page, up to now; come back later with the last cursor.
 * Leads, clients, deals, tasks, quotations and invoices are followed by their events (`events:read`), everything else by `updatedSince`.
 * @throws TypeError for a cursor that isn't of this resource; LeadwireError as calls do, 400 where the cursor is older than
 *   the events that are kept: then make the copy anew, without a cursor
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
	// The place in the feed comes first: what changes while the rows are read is in the events after it.
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

/** One page of a list. What it is like has been checked by the types above; for one path of many, TypeScript can't follow them. */
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

/** Every live row, in an order that no change disturbs. */
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
		// The others come beside an update, which has said it already.
		default:
			return [];
	}
}

/** Rows by the instant of their last change; the last ones read come again, for others may share their instant. */
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
		// Said below.
	}
	if (progress?.resource !== resource) throw new TypeError(`This is no cursor of a copy of ${resource}.`);
	return progress;
}
