import type { ComponentProps } from "preact";
import { QueryResult } from "./feedback.tsx";
import { Heading } from "./layout.tsx";

interface Props<T> {
	readonly title: string;
	readonly up: { readonly path: string; readonly text: string };
	readonly query: ComponentProps<typeof QueryResult<T>>["query"];
	/** The page, with a heading of its own. */
	readonly children: ComponentProps<typeof QueryResult<T>>["children"];
}

/** Shows the page of what a query reads. If it can't be read, there is a heading and the way back all the same. */
export const PageResult = <T,>({ title, up, query, children }: Props<T>) => (
	<>
		{query.data === undefined && query.error ? <Heading title={title} up={up} /> : null}
		<QueryResult query={query}>{children}</QueryResult>
	</>
);
