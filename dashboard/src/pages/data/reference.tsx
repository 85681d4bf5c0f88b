// Shows the name of the record that an id refers to.
import { useQuery } from "@tanstack/preact-query";
import { api, callApi } from "../../api.ts";
import { readAll } from "../../paging.ts";
import { href } from "../../router.tsx";
import { isNoun } from "./nouns.ts";

const STALE_MS = 60_000;
const at = (id: string) => ({ params: { path: { id } } });

interface Kind {
	readonly path: string;
	name(id: string): Promise<string>;
}

/** Kinds of record by id prefix. */
const kinds: Readonly<Record<string, Kind>> = {
	ld: { path: "leads", name: async (id) => (await callApi(api.GET("/leads/{id}", at(id)))).name },
	clt: { path: "clients", name: async (id) => (await callApi(api.GET("/clients/{id}", at(id)))).name },
	dl: { path: "deals", name: async (id) => (await callApi(api.GET("/deals/{id}", at(id)))).title },
	tsk: { path: "tasks", name: async (id) => (await callApi(api.GET("/tasks/{id}", at(id)))).title },
	usr: { path: "users", name: async (id) => (await callApi(api.GET("/users/{id}", at(id)))).name },
	tag: { path: "tags", name: async (id) => (await callApi(api.GET("/tags/{id}", at(id)))).name },
	src: {
		path: "lead-sources",
		name: async (id) => (await callApi(api.GET("/lead-sources/{id}", at(id)))).name,
	},
	lstg: {
		path: "lead-stages",
		name: async (id) => (await callApi(api.GET("/lead-stages/{id}", at(id)))).name,
	},
	dpl: { path: "pipelines", name: async (id) => (await callApi(api.GET("/pipelines/{id}", at(id)))).name },
	dps: { path: "pipelines", name: async (id) => (await pipelines()).get(id) ?? id },
};

/** The names of all stages of all pipelines. */
async function pipelines(): Promise<Map<string, string>> {
	const found = await readAll((cursor) => callApi(api.GET("/pipelines", { params: { query: cursor } })));
	return new Map(found.flatMap(({ stages }) => stages.map(({ id, name }) => [id, name] as const)));
}

/** The name of a referenced record, with a link if it has a page; the id until the name is known. */
export function Reference({ id }: { id: string }) {
	const kind = kinds[id.slice(0, id.indexOf("_"))];
	const { data } = useQuery({
		queryKey: ["name", id],
		queryFn: () => kind?.name(id) ?? id,
		enabled: kind !== undefined,
		staleTime: STALE_MS,
	});
	const name = data ? <span title={id}>{data}</span> : <code>{id}</code>;
	return kind && isNoun(kind.path) ? <a href={href(`/data/${kind.path}/${id}`)}>{name}</a> : name;
}
