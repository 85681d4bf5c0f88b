import type { DataOf, LeadwireClient, PathOf } from "./client.ts";
import type { paths } from "./generated/schema.ts";

interface Page {
	readonly items: unknown[];
	readonly nextCursor: string | null;
	readonly hasMore: boolean;
}

/** The paths that answer with pages. */
export type ListPath = { [P in PathOf<"get">]: DataOf<"get", P> extends Page ? P : never }[PathOf<"get">];

/** One item of a list. */
export type ItemOf<P extends ListPath> = DataOf<"get", P> extends { items: (infer T)[] } ? T : never;

type Parameters<P extends ListPath> = paths[P]["get"]["parameters"];
type Query<P extends ListPath> = Omit<NonNullable<Parameters<P>["query"]>, "cursor">;

/** Filters and sort as `query`, ids in the path as `path`, and a signal that stops it. */
export type PaginateOptions<P extends ListPath> = {
	query?: Query<P>;
	signal?: AbortSignal;
} & (Parameters<P> extends {
	path: infer T;
}
	? { path: T }
	: { path?: never });

type Arguments<P extends ListPath> =
	Parameters<P> extends { path: unknown } ? [options: PaginateOptions<P>] : [options?: PaginateOptions<P>];

/** Yields every item of a list; each page is requested when its first item is needed. */
export async function* paginate<P extends ListPath>(
	client: Pick<LeadwireClient, "GET">,
	path: P,
	...[options]: Arguments<P>
): AsyncGenerator<ItemOf<P>, void, undefined> {
	const { query, path: ids, signal } = options ?? {};
	// The types above check the form of a page; TypeScript can't apply them to a path that is one of many.
	const get = client.GET as unknown as (path: string, options: object) => Promise<{ data: Page }>;
	// The feed's last page has a cursor too, for later events.
	for (let cursor: string | null = null, more = true; more; ) {
		const params = { path: ids, query: cursor === null ? query : { ...query, cursor } };
		const { data } = await get(path, { params, ...(signal ? { signal } : {}) });
		yield* data.items as ItemOf<P>[];
		cursor = data.nextCursor;
		more = data.hasMore;
	}
}
