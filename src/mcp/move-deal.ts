// A deal's way through its pipeline, by the names that people use.
import { z } from "@hono/zod-openapi";
import { badRequest } from "../errors.ts";
import { parse } from "../http/validate.ts";
import { isId } from "../ids.ts";
import type { Ask } from "./ask.ts";
import { withoutUnset } from "./show.ts";
import { CHANGES, schemaOf, type Tool } from "./tool.ts";

const Input = z.strictObject({
	id: z.string().max(40).describe("The deal, dl_…"),
	stage: z
		.string()
		.min(1)
		.max(255)
		.describe('The stage to move it to: its name in the deal\'s pipeline, e.g. "Won", or its id, dps_…'),
	lostReason: z.string().max(10_000).nullish().describe("Why it was lost, when the stage is a lost one."),
	ifVersion: z
		.int()
		.optional()
		.describe(
			"The `version` you read: when it has been changed since, nothing is done (PRECONDITION_FAILED).",
		),
	idempotencyKey: z
		.string()
		.optional()
		.describe("The same call with the same key is done once, for 24 hours."),
});

interface Stage {
	readonly id: string;
	readonly name: string;
}

export const moveDeal: Tool = {
	name: "move_deal",
	title: "Move a deal",
	description:
		"Moves a deal to another stage of its pipeline, named as people name it or by id. A stage of type WON or LOST closes the deal; winning it converts its lead. A name that isn't there is answered with the stages that are.",
	hints: CHANGES,
	scopes: ["deals:write"],
	input: () => schemaOf(Input, "input"),
	output: ({ outputOf }) => outputOf("updateDeal"),
	async run(ask, input) {
		const { stage, ...rest } = parse(Input, input);
		const stageId = isId("dps", stage) ? stage : await stageNamed(ask, rest.id, stage);
		const data = withoutUnset(await ask("updateDeal", { ...given(rest), stageId }));
		return {
			words: `The deal ${JSON.stringify(data.title)}, ${data.id}, is in ${stage}: ${data.status}.`,
			data,
		};
	},
};

async function stageNamed(ask: Ask, dealId: string, name: string): Promise<string> {
	const { pipelineId } = await ask("getDeal", { id: dealId });
	const pipeline = await ask("getPipeline", { id: pipelineId });
	const stages = pipeline.stages as readonly Stage[];
	const plain = (text: string) => text.trim().toLowerCase();
	const found = stages.filter((stage) => plain(stage.name) === plain(name));
	const [only] = found;
	if (only && found.length === 1) return only.id;
	const all = (only ? found : stages).map((stage) => `${stage.name} (${stage.id})`).join(", ");
	const message = only
		? `Several stages have this name; send the id of one: ${all}.`
		: `There is no such stage in the deal's pipeline ${JSON.stringify(pipeline.name)}; it has ${all}.`;
	throw badRequest({ path: "stage", message });
}

const given = (input: object) =>
	Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
