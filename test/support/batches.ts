// Helpers for tests of batches.
import type { Api, Json } from "./api.ts";

/** Sends a batch of a resource. */
export const batch = (api: Api, path: string, body: object) => api.post(`/${path}/batch`, body);

/** Each result in a word: its outcome and version, or its error's code and first path. */
export const wordsOf = ({ results }: Json): string[] =>
	results.map(({ outcome, version = "", error }: Json) =>
		(error ? `${error.code} ${error.errors?.[0]?.path ?? ""}` : `${outcome} ${version}`).trim(),
	);

/** The events of leads: type, name and version. */
export const eventsOf = async (api: Api): Promise<string[]> => {
	const { items } = (await api.get("/events?type=lead.*&orderDir=asc&limit=100")).body;
	return items.map(({ type, payload }: Json) => `${type} ${payload.data.name} ${payload.data.version}`);
};
