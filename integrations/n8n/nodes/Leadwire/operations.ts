// The calls that operations make.
import type { IDataObject, IExecuteFunctions } from "n8n-workflow";
import { call, list } from "../shared/api";
import type { Resource } from "./resources";

const ENTITIES: Readonly<Record<string, string>> = { ld: "leads", dl: "deals", clt: "clients" };

/** The body that the API takes, of what was filled in. */
export function bodyOf({ fields }: Resource, input: IDataObject): IDataObject {
	const days = new Set(fields.filter(({ type }) => type === "dateTime").map(({ name }) => name));
	const body = Object.fromEntries(
		Object.entries(input).map(([name, value]) => [
			name,
			// An empty day empties the field, as does null.
			days.has(name) ? (value ? String(value).slice(0, "2026-12-31".length) : null) : value,
		]),
	);
	// The prefix of an id says what the task is about.
	return body.entityId ? { ...body, entity: ENTITIES[String(body.entityId).split("_")[0] ?? ""] } : body;
}

type Input = (name: string) => unknown;

/** The value of a defined field, of the text that was typed; what an expression gives stays as it is. */
function typed(type: string, value: unknown): unknown {
	if (typeof value !== "string") return value;
	if (value === "") return null;
	if (type === "number" || type === "currency") return Number(value);
	if (type === "boolean") return value === "true";
	return type === "multiSelect" ? value.split(",").map((option) => option.trim()) : value;
}

/** The values of defined fields. The dropdown gives `cf_size:number`, the key and the type; an expression the key alone. */
function custom(input: Input): IDataObject {
	const { field = [] } = input("customFields") as { field?: Array<{ key: string; value: unknown }> };
	const entries = field.map(({ key, value }) => {
		const [name = "", type = ""] = key.split(":");
		return [name, typed(type, value)] as const;
	});
	return Object.fromEntries(entries) as IDataObject;
}

const filledIn = (definition: Resource, input: Input): IDataObject =>
	bodyOf(definition, { ...(input("fields") as IDataObject), ...custom(input) });

/**
 * Carries out one operation for one item.
 * @param input reads a parameter of the node
 * @returns the records that it results in
 * @throws NodeApiError with the API's message
 */
export async function carryOut(
	context: IExecuteFunctions,
	definition: Resource,
	operation: string,
	input: Input,
	itemIndex: number,
): Promise<IDataObject[]> {
	const { path, required } = definition;
	const one = () => `${path}/${encodeURIComponent(String(input("id")))}`;
	const send = async (to: string, method: "GET" | "POST" | "PATCH" | "DELETE", body?: IDataObject) => {
		const answer = await call<IDataObject>(context, to, { method, itemIndex, ...(body ? { body } : {}) });
		return answer ? [answer] : [];
	};
	switch (operation) {
		case "create": {
			const needed = bodyOf(
				definition,
				Object.fromEntries(required.map((name) => [name, input(name) as string])),
			);
			return send(path, "POST", { ...needed, ...filledIn(definition, input) });
		}
		case "upsert":
			return send(`${path}/upsert`, "POST", {
				matchBy: input("matchBy") as string,
				...filledIn(definition, input),
			});
		case "update":
			return send(one(), "PATCH", filledIn(definition, input));
		case "get":
			return send(one(), "GET");
		case "delete":
			await send(one(), "DELETE");
			return [{ id: input("id") as string, deleted: true }];
		default: {
			const search = input("search");
			const filters = {
				...(input("filters") as IDataObject),
				...(search ? { search: search as string } : {}),
			};
			const limit = input("returnAll") ? undefined : (input("limit") as number);
			return list(context, path, filters, limit, itemIndex);
		}
	}
}
