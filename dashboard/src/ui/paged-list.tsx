// A list that is read page by page.
import type { ComponentChildren } from "preact";
import { ActionButton, QueryResult } from "./feedback.tsx";

interface MoreProps {
	readonly hasNextPage: boolean;
	readonly isFetchingNextPage: boolean;
	readonly fetchNextPage: () => unknown;
}

/** Reads the next page of a list. */
export function LoadMore({ hasNextPage, isFetchingNextPage, fetchNextPage }: MoreProps) {
	if (!hasNextPage) return null;
	return (
		<p class="more">
			<ActionButton busy={isFetchingNextPage} onClick={fetchNextPage}>
				{isFetchingNextPage ? "Loading…" : "Load more"}
			</ActionButton>
		</p>
	);
}

interface Props<T> extends MoreProps {
	/** What `usePages` returns. */
	readonly items: readonly T[] | undefined;
	readonly error: Error | null;
	readonly refetch: () => unknown;
}

/** The items that were read, or what is shown if there are none. */
export function PagedList<T>({
	pages,
	empty,
	children,
}: {
	readonly pages: Props<T>;
	readonly empty: ComponentChildren;
	readonly children: (items: readonly T[]) => ComponentChildren;
}) {
	return (
		<>
			<QueryResult query={{ ...pages, data: pages.items }}>
				{(items) => (items.length > 0 ? children(items) : empty)}
			</QueryResult>
			<LoadMore {...pages} />
		</>
	);
}
