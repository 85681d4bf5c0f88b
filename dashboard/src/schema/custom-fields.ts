// The fields that the organization has defined.
import { useQuery } from "@tanstack/preact-query";
import { callPath, type Schemas } from "../api.ts";
import { fieldLabel } from "../format.ts";
import { readAll } from "../paging.ts";
import type { Resource } from "../resources.ts";
import { useHasScope } from "../session.tsx";
import { customField } from "./fields.ts";

type Definition = Schemas["CustomField"];

const STALE_MS = 60_000;

/** The custom fields of a resource, the oldest first, as records have them; none if the key can't read them. */
export function useCustomFields({ path }: Pick<Resource, "path">) {
	const mayRead = useHasScope("custom-fields:read");
	return useQuery({
		queryKey: ["definitions"],
		staleTime: STALE_MS,
		enabled: mayRead,
		queryFn: () =>
			readAll<Definition>((cursor) =>
				callPath("GET", "/custom-fields", { query: { limit: 100, orderDir: "asc", ...cursor } }),
			),
		select: (definitions) => definitions.filter(({ entity }) => entity === path).map(customField),
		...(mayRead ? {} : { initialData: [] }),
	});
}

/** What fields of a resource are called. The key of a custom field lacks the letters that its label has. */
export function useLabels(resource: Resource): (field: string) => string {
	const { data = [] } = useCustomFields(resource);
	return (field) => data.find(({ name }) => name === field)?.label ?? fieldLabel(field);
}
