// Lists that are read page by page.
import {
	type InfiniteData,
	keepPreviousData,
	useInfiniteQuery,
	useQuery,
	useQueryClient,
} from "@tanstack/preact-query";
import { mergeFirstPage, type Page } from "./pages.ts";

const STALE_MS = 10_000;

/** Reads the page after a cursor; without one, the first. */
type ReadPage<T> = (cursor: { cursor?: string }) => Promise<Page<T>>;

/**
 * A list that is read page by page, in a stable order such as newest first. Only its first page is refreshed: every `live`
 * milliseconds if given, otherwise when the reader returns to it. `head` is the state of that refresh.
 */
export function usePages<T extends { readonly id: string }>(
	key: readonly unknown[],
	read: ReadPage<T>,
	live: number | false = false,
) {
	const client = useQueryClient();
	const headKey = ["head", ...key];
	const query = useInfiniteQuery({
		queryKey: [...key],
		queryFn: async ({ pageParam }) => {
			const page = await readOn(read, pageParam);
			// The first page is as good as a refresh of it: otherwise each list would be asked for twice.
			if (pageParam === "") client.setQueryData(headKey, Date.now());
			return page;
		},
		initialPageParam: "",
		getNextPageParam: ({ nextCursor }: Page<T>) => nextCursor,
		staleTime: Number.POSITIVE_INFINITY,
		refetchOnReconnect: false,
		// When filters change, the old items are shown until the new ones arrive.
		placeholderData: keepPreviousData,
	});
	const head = useQuery({
		queryKey: headKey,
		queryFn: async () => {
			const page = await read({});
			client.setQueryData<InfiniteData<Page<T>, string>>([...key], (old) => old && mergeFirstPage(old, page));
			return Date.now();
		},
		enabled: query.isSuccess && !query.isPlaceholderData,
		staleTime: live || STALE_MS,
		refetchInterval: live,
		retry: false,
	});
	return {
		...query,
		head,
		items: query.data?.pages.flatMap(({ items }) => items),
		error: query.error ?? head.error,
		refetch: () => (query.data ? head.refetch() : query.refetch()),
	};
}

/** How many empty pages are skipped automatically; after that the reader asks for more. */
const MAX_EMPTY_PAGES = 10;

/** The next page that has items: with a rare filter, pages may be empty although more follow. */
async function readOn<T>(read: ReadPage<T>, from: string): Promise<Page<T>> {
	let page = await read(from ? { cursor: from } : {});
	for (let step = 0; step < MAX_EMPTY_PAGES && page.items.length === 0 && page.nextCursor !== null; step += 1)
		page = await read({ cursor: page.nextCursor });
	return page;
}

/** The items of each page of a list; the next page is read when it is asked for. */
export async function* pagesOf<T>(read: ReadPage<T>): AsyncGenerator<readonly T[]> {
	for (let cursor: string | null = ""; cursor !== null; ) {
		const page: Page<T> = await read(cursor ? { cursor } : {});
		yield page.items;
		cursor = page.nextCursor;
	}
}

/** Reads all items of a list. */
export async function readAll<T>(read: ReadPage<T>): Promise<T[]> {
	const all: T[] = [];
	for await (const items of pagesOf(read)) all.push(...items);
	return all;
}
