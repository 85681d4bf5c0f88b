// Finds the stage of a deal by its name.
import type { Stage } from "../db/schema/deals.ts";
import { badRequest } from "../errors.ts";
import { isId } from "../ids.ts";
import type { JsonObject } from "../json.ts";
import { fold } from "../text/fold.ts";
import type { CallOperation } from "./ask.ts";
import type { Directory } from "./directory.ts";

/**
 * Replaces the name of a stage in the fields of a deal by the id of the stage.
 * @throws AppError 400 naming the possible stages, if none or several have the name
 */
export async function withStageId(
	{ resources }: Directory,
	ask: CallOperation,
	id: string,
	fields: JsonObject,
): Promise<JsonObject> {
	const { stageId: name, pipelineId: moved } = fields;
	if (typeof name !== "string" || name === "" || isId("dps", name)) return fields;
	const get = async (resource: string, wanted: unknown): Promise<JsonObject> => {
		const endpoint = resources.get(resource)?.verbs.get;
		return endpoint ? ask(endpoint, { ids: { id: String(wanted) } }) : {};
	};
	const pipelineId = moved ?? (await get("deals", id)).pipelineId;
	const pipeline = await get("pipelines", pipelineId);
	const stages = (pipeline.stages ?? []) as readonly Pick<Stage, "id" | "name">[];
	const plain = (text: string) => fold(text.trim());
	const found = stages.filter((stage) => plain(stage.name) === plain(name));
	const [only] = found;
	if (only && found.length === 1) return { ...fields, stageId: only.id };
	const all = (only ? found : stages).map((stage) => `${stage.name} (${stage.id})`).join(", ");
	const message = only
		? `Several stages have this name; send the id of one: ${all}.`
		: `There is no such stage in the pipeline ${JSON.stringify(pipeline.name)}; it has ${all}.`;
	throw badRequest("fields.stageId", message);
}
