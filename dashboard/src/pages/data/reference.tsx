// Shows the name of the record that an id refers to.
import { useQuery } from "@tanstack/preact-query";
import { pathOf, resourceOf } from "../../resources.ts";
import { href } from "../../router.tsx";
import { readName } from "./names.ts";

const STALE_MS = 60_000;

/** The name of a referenced record, with a link if it has a page; the id until the name is known. */
export function Reference({ id }: { id: string }) {
	const resource = resourceOf(id);
	const { data } = useQuery({
		queryKey: ["name", id],
		queryFn: () => readName(id),
		staleTime: STALE_MS,
	});
	const name = data && data !== id ? <span title={id}>{data}</span> : <code>{id}</code>;
	return resource ? <a href={href(pathOf(resource, id))}>{name}</a> : name;
}
