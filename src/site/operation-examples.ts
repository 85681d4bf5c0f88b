// The examples of an operation: of its bodies, and code that calls it.
import { exampleOf } from "./examples.ts";
import { codeSamples } from "./samples.ts";
import { jsonOf, type Operation, type Schemas } from "./types.ts";

/** Adds examples of its bodies and code samples to an operation. */
export function addExamples(method: string, path: string, operation: Operation, schemas: Schemas): void {
	const request = jsonOf(operation.requestBody);
	const responses = Object.entries(operation.responses ?? {}).flatMap(([status, response]) =>
		status.startsWith("2") ? (jsonOf(response) ?? []) : [],
	);
	for (const media of [...(request ? [request] : []), ...responses])
		if (media.schema) media.example = exampleOf(media.schema, schemas) ?? media.example;
	operation["x-codeSamples"] = codeSamples({
		method: method.toUpperCase(),
		path: exampleUrl(path, operation),
		body: request?.example,
		hasAnswerBody: responses.length > 0,
	});
}

function exampleUrl(path: string, operation: Operation): string {
	return (operation.parameters ?? []).reduce(
		(url, parameter) =>
			"in" in parameter && parameter.in === "path"
				? url.replace(`{${parameter.name}}`, String(parameter.example))
				: url,
		path,
	);
}
