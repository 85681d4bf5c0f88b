import { crud } from "../../http/crud.ts";
import type { Endpoint } from "../../http/endpoint.ts";
import { pipelines, pipelineVerbs } from "./pipelines.ts";
import { Pipeline, PipelineCreate, PipelineUpdate } from "./schema.ts";

export const pipelineEndpoints: readonly Endpoint[] = Object.values(
	crud({
		resource: pipelines,
		verbs: pipelineVerbs,
		schemas: { wire: Pipeline, create: PipelineCreate, update: PipelineUpdate },
	}),
);
