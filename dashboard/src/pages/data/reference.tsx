// Shows the name of the record that an id refers to.
import { useQuery } from "@tanstack/preact-query";
import { nameOf, pathOf, records, resourceAt, resourceOf } from "../../resources.ts";
import { href } from "../../router.tsx";

const STALE_MS = 60_000;

/** The names of all stages of all pipelines. */
async function stageNames(): Promise<Map<string, string>> {
	const pipelines = resourceAt("pipelines");
	const found = pipelines ? await records.all(pipelines) : [];
	return new Map(
		found.flatMap(({ stages }) =>
			(stages as readonly { id: string; name: string }[]).map(({ id, name }) => [id, name] as const),
		),
	);
}

async function readName(id: string): Promise<string> {
	if (id.startsWith("dps_")) return (await stageNames()).get(id) ?? id;
	const resource = resourceOf(id);
	return resource ? nameOf(resource, await records.get(resource, id)) : id;
}

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
