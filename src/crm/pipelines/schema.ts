// Pipelines and their stages on the wire.

import { z } from "@hono/zod-openapi";
import * as field from "../../http/fields.ts";
import { objectOf, strictObjectOf } from "../../http/objects.ts";
import { once } from "../../http/once.ts";
import { optional } from "../../http/shapes.ts";
import { identities } from "../../identities.ts";

export const MAX_STAGES = 50;

export const stageTypes = z.enum(["ACTIVE", "WON", "LOST"]);

const probability = once(() =>
	z
		.int()
		.min(0)
		.max(100)
		.openapi({ description: "How likely its deals are to be won, in percent.", example: 40 }),
);

const stage = once(() => ({
	name: field.name().openapi({ description: "The name of the stage.", example: "Qualified" }),
	type: stageTypes.describe("The status of the deals in this stage."),
}));

const optionalStageFields = once(() => ({
	position: field.position().describe("Default: its place in the list, counted from 1.").optional(),
	probability: probability().nullish().describe("Default: 100 for WON, 0 for LOST, unset for ACTIVE."),
}));

export const StageCreate = strictObjectOf(() => ({ ...stage(), ...optionalStageFields() })).openapi(
	"StageCreate",
	{
		example: { name: "Qualified", type: "ACTIVE", probability: 40 },
	},
);

const StageUpdate = strictObjectOf(() => ({
	id: field.id("dps").optional().describe("The id of an existing stage; left out for a new one."),
	...stage(),
	...optionalStageFields(),
})).openapi("StageUpdate", { example: { name: "Qualified", type: "ACTIVE", probability: 40 } });

export const Stage = objectOf(() => ({
	id: field.id("dps").describe("The stage's id."),
	...stage(),
	position: field.position(),
	probability: probability().nullable(),
})).openapi("Stage");

const pipelineName = once(() =>
	field.name().openapi({ description: "The name of the pipeline.", example: "Sales" }),
);
const optionalFields = once(() => ({
	position: field.position(),
	isDefault: z
		.boolean()
		.describe(
			"Whether deals without a `pipelineId` go into this pipeline. Exactly one pipeline is the default: the first, until another is made the default.",
		),
}));

const stagesDescription = "At least one of each type.";
const stages = [
	{ name: "Qualified", type: "ACTIVE", probability: 40 },
	{ name: "Won", type: "WON" },
	{ name: "Lost", type: "LOST" },
];

export const PipelineCreate = strictObjectOf(() => ({
	name: pipelineName(),
	stages: z.array(StageCreate).min(1).max(MAX_STAGES).describe(stagesDescription),
	...optional(optionalFields()),
})).openapi("PipelineCreate", { example: { name: "Sales", stages } });

export const PipelineUpdate = strictObjectOf(() => ({
	name: pipelineName().optional(),
	stages: z
		.array(StageUpdate)
		.min(1)
		.max(MAX_STAGES)
		.optional()
		.openapi({
			description: `${field.PATCH_REPLACES_LIST} Send all stages: one with an \`id\` is kept, one without is new, one that is missing is removed. ${stagesDescription}`,
		}),
	...optional(optionalFields()),
})).openapi("PipelineUpdate", { example: { name: "Enterprise sales" } });

const stageId = field.exampleId("dps").slice(0, -1);

export const Pipeline = objectOf(() => ({
	...field.sharedFields(identities.pipelines),
	name: pipelineName(),
	...optionalFields(),
	stages: z.array(Stage).max(MAX_STAGES).describe("In the order of their positions."),
})).openapi("Pipeline", {
	example: {
		...field.commonExample(identities.pipelines),
		name: "Sales",
		position: 0,
		isDefault: true,
		stages: [
			{ id: `${stageId}a`, name: "Qualified", type: "ACTIVE", position: 1, probability: 40 },
			{ id: `${stageId}b`, name: "Won", type: "WON", position: 2, probability: 100 },
			{ id: `${stageId}c`, name: "Lost", type: "LOST", position: 3, probability: 0 },
		],
	},
});

export type PipelineCreateInput = z.output<typeof PipelineCreate>;
export type PipelineUpdateInput = z.output<typeof PipelineUpdate>;
