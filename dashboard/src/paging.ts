// Lists that are read page by page.
import { keepPreviousData, useInfiniteQuery } from "@tanstack/preact-query";

interface Page<T> {
	readonly items: readonly T[];
	readonly nextCursor: string | null;
}

/** A list as far as it was read. `live` reads it again every so many milliseconds. */
export function usePages<T>(
	key: readonly unknown[],
	read: (cursor: { cursor?: string }) => Promise<Page<T>>,
	live: number | false = false,
) {
	const query = useInfiniteQuery({
		queryKey: [...key],
		queryFn: ({ pageParam }) => read(pageParam ? { cursor: pageParam } : {}),
		initialPageParam: "",
		getNextPageParam: ({ nextCursor }: Page<T>) => nextCursor,
		refetchInterval: live,
		// With other filters the old items stand until the new ones are there.
		placeholderData: keepPreviousData,
	});
	return { ...query, items: query.data?.pages.flatMap(({ items }) => items) };
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
