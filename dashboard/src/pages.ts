// The pages of a list that have been read.

export interface Page<T> {
	readonly items: readonly T[];
	readonly nextCursor: string | null;
}

export interface Pages<T> {
	readonly pages: Page<T>[];
	/** The cursor of each page; empty for the first. */
	readonly pageParams: string[];
}

/**
 * Merges a newer first page: it replaces the old items up to its last item. If that item is not among them, more than one
 * page has changed and only the new page is kept.
 */
export function mergeFirstPage<T extends { readonly id: string }>(
	{ pages, pageParams }: Pages<T>,
	head: Page<T>,
): Pages<T> {
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
