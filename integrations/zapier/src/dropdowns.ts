// Hidden triggers that fill dropdowns.
import { type Bundle, defineTrigger, type ZObject } from "zapier-platform-core";
import { call, type Page, type Row } from "./api.ts";

interface List {
	readonly key: string;
	readonly noun: string;
	readonly path: string;
	/** The options that a row of the list makes; by default one, itself. */
	readonly optionsOf?: (row: Row, bundle: Bundle) => readonly Row[];
}

interface Pipeline extends Row {
	readonly name: string;
	readonly stages: readonly { readonly id: string; readonly name: string }[];
}

/** The stages of the chosen pipeline, or of all, each with the name of its pipeline. */
function stagesOf(row: Row, bundle: Bundle): readonly Row[] {
	const { id: pipelineId, name: pipeline, stages } = row as Pipeline;
	const chosen = bundle.inputData.pipelineId;
	if (chosen && chosen !== pipelineId) return [];
	return stages.map(({ id, name }) => ({ id, name: chosen ? name : `${pipeline}: ${name}` }));
}

const lists: readonly List[] = [
	{ key: "pipelines", noun: "Pipeline", path: "pipelines" },
	{ key: "deal_stages", noun: "Deal Stage", path: "pipelines", optionsOf: stagesOf },
	{ key: "lead_stages", noun: "Lead Stage", path: "lead-stages" },
	{ key: "lead_sources", noun: "Lead Source", path: "lead-sources" },
	{ key: "users", noun: "User", path: "users" },
	{ key: "tags", noun: "Tag", path: "tags" },
	{ key: "clients", noun: "Client", path: "clients" },
];

async function pageOf(z: ZObject, bundle: Bundle, { path, optionsOf }: List): Promise<Row[]> {
	const cursor = bundle.meta.page ? await z.cursor.get() : undefined;
	const { data } = await call<Page>(z, bundle, path, { params: { limit: 100, cursor } });
	if (data.hasMore && data.nextCursor) await z.cursor.set(data.nextCursor);
	return data.items.flatMap((row) => optionsOf?.(row, bundle) ?? [row]);
}

/** One hidden trigger per dropdown, named by what `dynamic` of a field says. */
export const dropdowns = lists.map((list) =>
	defineTrigger({
		key: list.key,
		noun: list.noun,
		display: {
			label: `List of ${list.noun}s`,
			description: `Lists each ${list.noun} for a dropdown.`,
			hidden: true,
		},
		operation: {
			type: "polling",
			canPaginate: true,
			perform: (z: ZObject, bundle: Bundle) => pageOf(z, bundle, list),
			sample: { id: "1", name: list.noun },
		},
	}),
);
