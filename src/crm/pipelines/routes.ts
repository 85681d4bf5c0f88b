import { crud } from "../../http/crud.ts";
import { pipelines, pipelineVerbs } from "./pipelines.ts";
import { Pipeline, PipelineCreate, PipelineUpdate } from "./schema.ts";

export const pipelineEndpoints = Object.values(
	crud({
		resource: pipelines,
		verbs: pipelineVerbs,
		schemas: { wire: Pipeline, create: PipelineCreate, update: PipelineUpdate },
	}),
);
