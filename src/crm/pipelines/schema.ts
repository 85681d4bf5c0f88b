// Pipelines on the wire, their stages inside.

import { z } from "@hono/zod-openapi";
import {
	common,
	commonExample,
	exampleId,
	id,
	LISTED_WHOLE,
	name,
	optional,
	position,
} from "../../http/fields.ts";
import { identities } from "../../identities.ts";

export const MOST_STAGES = 50;

export const stageTypes = z.enum(["ACTIVE", "WON", "LOST"]);

const probability = z
	.int()
	.min(0)
	.max(100)
	.openapi({ description: "How likely its deals are won, in percent.", example: 40 });

const stage = {
	name: name().openapi({ description: "What the stage is called.", example: "Qualified" }),
	type: stageTypes.describe("What a deal in this stage is."),
};

const stageSettable = {
	position: position().describe("Left out: its place in the list, from 1.").optional(),
	probability: probability.nullish().describe("Left out: 100 for WON, 0 for LOST, unset for ACTIVE."),
};

const StageCreate = z.strictObject({ ...stage, ...stageSettable }).openapi("StageCreate", {
	example: { name: "Qualified", type: "ACTIVE", probability: 40 },
});

const StageUpdate = z
	.strictObject({
		id: id("dps").optional().describe("The stage this is; a new one when left out."),
		...stage,
		...stageSettable,
	})
	.openapi("StageUpdate", { example: { name: "Qualified", type: "ACTIVE", probability: 40 } });

const Stage = z
	.object({
		id: id("dps").describe("The stage's id."),
		...stage,
		position: position(),
		probability: probability.nullable(),
	})
	.openapi("Stage");

const pipelineName = name().openapi({ description: "What the pipeline is called.", example: "Sales" });
const shared = {
	position: position(),
	isDefault: z
		.boolean()
		.describe(
			"Where deals go that name no pipeline. Exactly one pipeline is: the first, until another is made the default.",
		),
};

const stagesDescription = "At least one of each type.";
const stages = [
	{ name: "Qualified", type: "ACTIVE", probability: 40 },
	{ name: "Won", type: "WON" },
	{ name: "Lost", type: "LOST" },
];

export const PipelineCreate = z
	.strictObject({
		name: pipelineName,
		stages: z.array(StageCreate).min(1).max(MOST_STAGES).describe(stagesDescription),
		...optional(shared),
	})
	.openapi("PipelineCreate", { example: { name: "Sales", stages } });

export const PipelineUpdate = z
	.strictObject({
		name: pipelineName.optional(),
		stages: z
			.array(StageUpdate)
			.min(1)
			.max(MOST_STAGES)
			.optional()
			.openapi({
				description: `${LISTED_WHOLE} All stages as they shall be: one with its \`id\` stays, one without is new, one left out goes. ${stagesDescription}`,
			}),
		...optional(shared),
	})
	.openapi("PipelineUpdate", { example: { name: "Enterprise sales" } });

const stageId = exampleId("dps").slice(0, -1);

export const Pipeline = z
	.object({
		...common(identities.pipelines),
		name: pipelineName,
		...shared,
		stages: z.array(Stage).max(MOST_STAGES).describe("In the order of their positions."),
	})
	.openapi("Pipeline", {
		example: {
			...commonExample(identities.pipelines),
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
