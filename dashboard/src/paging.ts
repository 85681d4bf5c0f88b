// Lists that are read page by page.
import {
	type InfiniteData,
	keepPreviousData,
	useInfiniteQuery,
	useQuery,
	useQueryClient,
} from "@tanstack/preact-query";

interface Page<T> {
	readonly items: readonly T[];
	readonly nextCursor: string | null;
}

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
		queryFn: ({ pageParam }) => read(pageParam ? { cursor: pageParam } : {}),
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

/**
 * Pages with a newer first one: what it holds stands in place of what was read up to its last item. Where that isn't among
 * what was read, so much has happened that only the new page is left.
 */
export function withHead<T extends { readonly id: string }>(
	{ pages, pageParams }: InfiniteData<Page<T>, string>,
	head: Page<T>,
): InfiniteData<Page<T>, string> {
	const last = head.items.at(-1)?.id;
	const at = pages.findIndex(({ items }) => items.some(({ id }) => id === last));
	const page = pages[at];
	if (head.nextCursor === null || !page) return { pages: [head], pageParams: [""] };
	const rest = page.items.slice(page.items.findIndex(({ id }) => id === last) + 1);
	return {
		pages: [{ items: [...head.items, ...rest], nextCursor: page.nextCursor }, ...pages.slice(at + 1)],
		pageParams: ["", ...pageParams.slice(at + 1)],
	};
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
