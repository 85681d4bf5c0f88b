// Where a list was left: with its search, filters and order, for the links that lead back to it.
import { type QueryClient, useQueryClient } from "@tanstack/preact-query";
import { useEffect } from "preact/hooks";
import { pathOf, type Resource } from "../../resources.ts";

const keyOf = ({ path }: Resource) => ["list", path];

/** Keeps the query of a list that is shown, until the session ends. */
export function useKeptQuery(resource: Resource, query: string): void {
	const client = useQueryClient();
	useEffect(() => {
		client.setQueryDefaults(["list"], { gcTime: Number.POSITIVE_INFINITY });
		client.setQueryData(keyOf(resource), query);
	}, [client, resource, query]);
}

/** The path of a list, as it was left. */
export function listPath(client: QueryClient, resource: Resource): string {
	const query = client.getQueryData<string>(keyOf(resource));
	return query ? `${pathOf(resource)}?${query}` : pathOf(resource);
}
