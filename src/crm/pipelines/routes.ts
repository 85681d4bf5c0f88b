import { crud } from "../../http/crud.ts";
import { registerServerSetFields } from "../../http/server-set-fields.ts";
import { pipelines, pipelineVerbs } from "./pipelines.ts";
import { Pipeline, PipelineCreate, PipelineUpdate, Stage, StageCreate } from "./schema.ts";

registerServerSetFields(StageCreate, Stage);

export const pipelineEndpoints = Object.values(
	crud({
		resource: pipelines,
		verbs: pipelineVerbs,
		schemas: { wire: Pipeline, create: PipelineCreate, update: PipelineUpdate },
	}),
);
