// Lists that are read page by page.
import {
	type InfiniteData,
	keepPreviousData,
	useInfiniteQuery,
	useQuery,
	useQueryClient,
} from "@tanstack/preact-query";
import { type Page, withHead } from "./pages.ts";

const STALE_MS = 10_000;

/**
 * A list as far as it was read, newest first or in any other order that lasts. Only its first page is read again: every
 * `live` milliseconds where that is given, else when the reader comes back to it. `head` tells how that goes.
 */
export function usePages<T extends { readonly id: string }>(
	key: readonly unknown[],
	read: (cursor: { cursor?: string }) => Promise<Page<T>>,
	live: number | false = false,
) {
	const client = useQueryClient();
	const query = useInfiniteQuery({
		queryKey: [...key],
		queryFn: ({ pageParam }) => readOn(read, pageParam),
		initialPageParam: "",
		getNextPageParam: ({ nextCursor }: Page<T>) => nextCursor,
		staleTime: Number.POSITIVE_INFINITY,
		refetchOnReconnect: false,
		// With other filters the old items stand until the new ones are there.
		placeholderData: keepPreviousData,
	});
	const head = useQuery({
		queryKey: ["head", ...key],
		queryFn: async () => {
			const page = await read({});
			client.setQueryData<InfiniteData<Page<T>, string>>([...key], (old) => old && withHead(old, page));
			return Date.now();
		},
		enabled: query.isSuccess && !query.isPlaceholderData,
		initialData: 0,
		initialDataUpdatedAt: query.dataUpdatedAt,
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

/** Empty pages that are read past at once; after these it is asked for by hand. */
const MOST_EMPTY = 10;

/** The next page with something on it: where little fits a filter, pages may be empty and lead on. */
async function readOn<T>(
	read: (cursor: { cursor?: string }) => Promise<Page<T>>,
	from: string,
): Promise<Page<T>> {
	let page = await read(from ? { cursor: from } : {});
	for (let step = 0; step < MOST_EMPTY && page.items.length === 0 && page.nextCursor !== null; step += 1)
		page = await read({ cursor: page.nextCursor });
	return page;
}

/** Every item of a list, however many pages it has. */
export async function readAll<T>(read: (cursor: { cursor?: string }) => Promise<Page<T>>): Promise<T[]> {
	const items: T[] = [];
	for (let cursor: string | null = ""; cursor !== null; ) {
		const page: Page<T> = await read(cursor ? { cursor } : {});
		items.push(...page.items);
		cursor = page.nextCursor;
	}
	return items;
}
