// Pages of a list, as far as it was read.

export interface Page<T> {
	readonly items: readonly T[];
	readonly nextCursor: string | null;
}

export interface Pages<T> {
	readonly pages: Page<T>[];
	/** The cursor of each; empty for the first. */
	readonly pageParams: string[];
}

/**
 * Pages with a newer first one: what it holds stands in place of what was read up to its last item. Where that isn't among
 * what was read, so much has happened that only the new page is left.
 */
export function withHead<T extends { readonly id: string }>(
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
