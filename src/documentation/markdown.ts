// Parts of the document as Markdown, for language models.
import {
	type CalledOperation,
	type Document,
	jsonOf,
	type Parameter,
	parametersOf,
	type Schema,
	schemaName,
} from "../site/types.ts";

type Described = Exclude<Schema, { $ref: string }>;

/** An operation: its call, parameters, body, answers and examples. */
export function operationText(document: Document, { method, path, operation }: CalledOperation): string {
	const parameters = parametersOf(operation, document).map(parameterText);
	const body = jsonOf(operation.requestBody);
	const answers = Object.entries(operation.responses ?? {}).map(([status, answer]) => {
		const media = jsonOf(answer);
		if (!media) return { status, line: `- ${status}: ${answer.description ?? ""}`, example: undefined };
		return { status, line: `- ${status}: ${typeOf(media.schema)}`, example: media.example };
	});
	const successes = answers.filter(({ status }) => Number(status) < 400);
	const errors = answers.map(({ status }) => status).filter((status) => Number(status) >= 400);
	return [
		`## ${operation.summary}`,
		`\`${method.toUpperCase()} /api/v1${path}\` (${operation.operationId})`,
		operation.description ?? "",
		parameters.length > 0 ? `Parameters:\n\n${parameters.join("\n")}` : "",
		body ? `Body: ${typeOf(body.schema)}\n\n${example(body.example)}` : "",
		`Answers:\n\n${successes.map(({ line }) => line).join("\n")}\n- ${errors.join(", ")}: Error`,
		example(successes.find((answer) => answer.example)?.example),
	]
		.filter(Boolean)
		.join("\n\n");
}

/** An event: what it says, its body and an example. */
export function eventText(document: Document, name: string): string {
	const post = document.webhooks?.[name]?.post;
	const media = jsonOf(post?.requestBody);
	return [
		`## ${name}`,
		post?.description ?? "",
		`Body: ${typeOf(media?.schema)}`,
		example(media?.example),
	].join("\n\n");
}

/** A named schema: its description and its fields. */
export function schemaText(document: Document, name: string): string {
	const schema = document.components?.schemas?.[name];
	if (!schema) return "";
	return [`## ${name}`, describedBy(schema), fields(schema).join("\n")].filter(Boolean).join("\n\n");
}

const parameterText = ({ name, in: place, required, description = "", schema }: Parameter): string =>
	`- \`${name}\`${required ? "*" : ""} (${place}, ${typeOf(schema)}): ${description}`;

const example = (value: unknown) =>
	value === undefined ? "" : `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\``;

const describedBy = (schema: Schema) => ("description" in schema ? (schema.description ?? "") : "");

/** The fields of a schema; those of inner objects have their path in front. */
function fields(schema: Schema | undefined, parentPath = ""): string[] {
	if (!schema || "$ref" in schema) return [];
	const { properties = {}, required = [] } = schema;
	return Object.entries(properties).flatMap(([name, property]) => [
		`- \`${parentPath}${name}\`${required.includes(name) ? "*" : ""} (${typeOf(property)}): ${describedBy(property)}`,
		...fields(property, `${parentPath}${name}.`),
		...("items" in property ? fields(property.items, `${parentPath}${name}[].`) : []),
	]);
}

/** A short text for a schema: its name, or its type with its limits. */
function typeOf(schema: Schema | undefined): string {
	if (!schema) return "anything";
	if ("$ref" in schema) return schemaName(schema.$ref);
	const { anyOf, oneOf, enum: values, items } = schema;
	const union = anyOf ?? oneOf;
	if (union) return union.map(typeOf).join(" or ");
	if (values) return values.map((value) => JSON.stringify(value)).join(" | ");
	const types = [schema.type ?? "object"].flat();
	const names = types.map((type) => (type === "array" ? `list of ${typeOf(items)}` : type));
	return [names.join(" or "), ...limits(schema)].join(", ");
}

function limits({
	format,
	pattern,
	maxLength,
	minimum,
	maximum,
	maxItems,
	default: preset,
}: Described): string[] {
	const bounded = minimum !== undefined && maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER;
	return [
		format && !/^int/.test(format) ? format : "",
		pattern && pattern.length < 60 ? `\`${pattern}\`` : "",
		maxLength && !pattern && !format ? `up to ${maxLength} characters` : "",
		bounded ? `${minimum} to ${maximum}` : "",
		maxItems ? `up to ${maxItems}` : "",
		preset === undefined ? "" : `default ${JSON.stringify(preset)}`,
	].filter(Boolean);
}
